"""LocalCluster: objects, the loop that reconciles them, and the daemon that runs it."""
