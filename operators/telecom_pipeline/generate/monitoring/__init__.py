"""Dashboards and alert rules, from one description of each: what Grafana shows and what Prometheus watches."""
