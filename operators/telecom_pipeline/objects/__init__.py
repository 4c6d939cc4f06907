"""Kubernetes objects: their names, labels and YAML, and the port through which a cluster is seen. Pure."""
