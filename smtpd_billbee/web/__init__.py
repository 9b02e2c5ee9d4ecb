"""web: the window."""
