"""From wiki to index."""
