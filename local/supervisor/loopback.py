"""The only interface that anything on a laptop listens on, unless pods of a node must reach it."""

LOOPBACK = "127.0.0.1"
