"""formats: how others write it, both directions, pure.

Import addresses and RFC 5321 paths, MIME and its charsets, forwarded and attached mails, trace headers,
Authentication-Results, what stands on copies, order files, article files, tables as CSV and Excel files.
"""
