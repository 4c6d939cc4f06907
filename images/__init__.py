"""Container images without a container engine: layers packed by a few lines, for clusters that no registry serves."""
