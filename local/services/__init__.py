"""Platform services that a pipeline only refers to; on Kubernetes they come from Helm charts."""
