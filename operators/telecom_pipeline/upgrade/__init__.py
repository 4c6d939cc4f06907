"""Changing a pipeline that runs: a recorded plan of steps, one at a time, and the way back. Pure."""
