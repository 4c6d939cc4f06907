"""What LocalCluster keeps on disk: the state directory, files that are never half written, passwords, certificates."""
