"""Puts the fraud rules that the operator wants on the control topic, and only those that differ from what is there."""
