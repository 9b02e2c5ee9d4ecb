"""api: the REST interface."""
