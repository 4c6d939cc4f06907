"""LocalCluster: rendered manifests run on one machine with the real engines, without containers."""
