"""How many servers a mail has passed: its Received headers (RFC 5321 6.3)."""

import re

MOST = 50  # RFC 5321 6.3 asks for a large number; Postfix and chasquid take this one
_END = re.compile(rb"\n\r?\n")
_HEAD = 1 << 20  # bytes; no honest head is longer


def hops(raw: bytes) -> int:
    """The number of Received headers in the head of a mail."""
    end = _END.search(raw, 0, _HEAD)
    head = raw[: end.start() if end else _HEAD].lower()
    return head.startswith(b"received:") + head.count(b"\nreceived:")
