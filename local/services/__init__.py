"""Platform services that a pipeline only points at: on a cluster they come from Helm charts."""
