"""State that survives a restart: received questions, answers, verdicts, flags."""
