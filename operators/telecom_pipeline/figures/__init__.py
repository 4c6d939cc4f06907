"""Figures about the data, read from the metrics pages of pods and remembered for a while."""
