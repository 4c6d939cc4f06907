"""How fast fraud detection is: events per second, delay of alerts, bytes of state."""
