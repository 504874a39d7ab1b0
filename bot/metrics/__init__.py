"""Metrics for Prometheus, which ``/metrics`` shows for one process."""
