"""Replies in the words of the pages: a section, or the nearest sections."""
