"""Quality gates: what must hold before anybody sees new numbers."""
