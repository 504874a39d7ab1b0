"""Wiki -> index: the steps of a sync, their order, and how pages are cut."""
