"""The sentences that people read in Slack: one module for each screen or topic, each a flat list of
constants, and of functions where a sentence has values in it."""
