"""Clusters that reconciliation can work on, each behind `operators.telecom_pipeline.objects.cluster.Cluster`."""
