"""The search for pages, and the recheck whether a reader may still read them."""
