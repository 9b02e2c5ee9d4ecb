"""smtp: the door."""
