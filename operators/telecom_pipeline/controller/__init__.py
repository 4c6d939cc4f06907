"""The operator's process: kopf handlers, leader election, metrics, probes. Reconciliation itself is in reconcile/."""
