"""The decision how to reply without a language model: a section, the nearest, or nothing."""
