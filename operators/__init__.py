"""Kubernetes operators of this project."""
