"""The dependencies: their table in docs/, the hashes for the image, and the audit."""
