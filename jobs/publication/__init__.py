"""What readers see: the last audited state of gold, moved as a whole, and moved back as a whole."""
