"""The right to be forgotten: take a person out of every layer, and prove that nothing is left."""
