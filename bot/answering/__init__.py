"""The use case: retrieve, judge, quote."""
