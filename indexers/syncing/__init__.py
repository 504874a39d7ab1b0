"""Wiki -> index: what a sync does, in which order, and how pages are cut."""
