"""The indexers: from wiki to index."""
