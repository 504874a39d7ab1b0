"""Metrics for Prometheus: what ``/metrics`` shows of one process."""
