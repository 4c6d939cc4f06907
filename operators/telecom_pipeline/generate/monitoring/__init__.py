"""Dashboards and alert rules, each described once: what Grafana shows and what Prometheus watches."""
