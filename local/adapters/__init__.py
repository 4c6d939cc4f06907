"""Stands in for controllers: a manifest goes in, processes or admin calls and the real controller's status come out.

`kafka/` does Strimzi's work, `flink/` that of Flink's operator, `workloads/` that of the Deployment and Job controllers
and of the kubelet.
"""
