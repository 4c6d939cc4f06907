"""Deployments and Jobs: a pod's container as one process, with its volumes as folders and its probes at work."""
