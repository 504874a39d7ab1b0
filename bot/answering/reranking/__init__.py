"""The order of the pages found, by a cross-encoder or a language model."""
