"""The right to be forgotten: takes a person out of every layer and proves that nothing is left."""
