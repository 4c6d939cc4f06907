"""Changing a pipeline that runs: a recorded plan of steps, taken one at a time, and the way back. Pure.

Throughout, `old` is the spec with which the pipeline was last ready, and `new` the one that is wanted now.
"""
