"""Figures about the data: from the metrics pages of pods, remembered for a while."""
