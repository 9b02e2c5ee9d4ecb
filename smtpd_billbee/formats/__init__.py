"""formats: how others write it, both directions: import addresses and RFC 5321 paths, MIME, forwarded mails, trace headers.  Pure."""
