"""A real Kubernetes on this machine, from plain binaries: a control plane without root, or a whole node as root.

Stand-ins do the work of the upstream operators on it, with the adapters of LocalCluster.
"""
