"""The migrations, one for each schema, forward only."""
