"""The decision how to answer: an answer, the closest passage, a question back, or nothing."""
