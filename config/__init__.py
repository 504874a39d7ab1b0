"""Settings that an operator makes."""
