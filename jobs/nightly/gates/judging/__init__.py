"""What measurements say: from rows, counts and metadata to readings. Pure."""
