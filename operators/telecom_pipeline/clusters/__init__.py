"""The Kubernetes API server as a `Cluster`: calls, watches, server-side apply, ownership."""
