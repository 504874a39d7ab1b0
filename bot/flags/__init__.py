"""Flags: verdicts on recorded answers become flags, which reviewers settle."""
