"""The state of each child and of the objects that a pipeline refers to, as their own controllers report it. Pure."""
