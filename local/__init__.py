"""LocalCluster runs the rendered manifests on one machine, with the real engines and without containers."""
