"""The window: a real server on a free port, asked over HTTP."""
