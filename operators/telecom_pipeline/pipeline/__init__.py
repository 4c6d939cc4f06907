"""The validated pipeline: frozen, complete, and all that the stages after it look at. Pure."""
