"""A reindex that an admin ordered, told in one message."""
