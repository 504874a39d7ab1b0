"""The reading of a question: several in one message, follow-ups, languages, stack traces."""
