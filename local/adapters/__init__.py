"""One adapter per kind: a manifest in, running processes or admin calls, and the real controller's status out."""
