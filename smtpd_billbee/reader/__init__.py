"""reader: raw mail bytes in, a Reading out.  No network, no database, no clock."""
