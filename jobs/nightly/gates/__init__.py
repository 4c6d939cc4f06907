"""Quality gates: what must hold before new numbers are shown to anybody."""
