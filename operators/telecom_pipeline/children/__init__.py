"""What the state of a child says: a reader for each operator's way to report it. Pure."""
