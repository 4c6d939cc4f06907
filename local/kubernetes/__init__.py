"""A real Kubernetes on this machine, from plain binaries: a control plane without root, or a whole node as root."""
