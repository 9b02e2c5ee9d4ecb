"""store: what we keep: the only room that knows SQL."""
