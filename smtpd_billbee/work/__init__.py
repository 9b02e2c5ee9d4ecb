"""work: what we do: asks the core, tells the edges."""
