"""How many servers a mail has passed: its Received headers (RFC 5321 6.3)."""

MOST = 50  # RFC 5321 6.3 asks for a large number; Postfix and chasquid take this one
_HEAD = 1 << 20  # bytes; no honest head is longer


def hops(raw: bytes) -> int:
    """The number of Received headers in the head of a mail."""
    head = raw[:_HEAD].replace(b"\r\n", b"\n")
    head = (b"\n" + head[: end + 1 if (end := head.find(b"\n\n")) >= 0 else len(head)]).lower()
    return head.count(b"\nreceived:")
