"""Use case of answering: retrieve, decide, quote or compose."""
