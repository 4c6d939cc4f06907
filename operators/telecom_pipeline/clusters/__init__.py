"""Clusters that reconciliation can work on, each behind `operators.telecom_pipeline.cluster.Cluster`."""
