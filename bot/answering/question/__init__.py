"""The reading of a question: courtesies, several questions, two things, follow-ups, spelling."""
