"""How fast events are generated and sent."""
