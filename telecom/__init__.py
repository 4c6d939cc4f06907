"""The `telecom` command, for LocalCluster and for Kubernetes."""
