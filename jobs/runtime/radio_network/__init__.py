"""The simulated radio network, which producers and CRM share: cities, towers, distances."""
