"""One schema of passages, two engines (embedded, server), vectors and words."""
