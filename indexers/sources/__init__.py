"""The kinds of wiki, one folder each."""
