"""A question and its one reply, which follows it for as long as it stands."""
