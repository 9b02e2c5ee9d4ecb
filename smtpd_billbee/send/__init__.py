"""send: the way out."""
