"""Every answer that a stranger can read: ASCII, with its enhanced code (RFC 3463, RFC 5248), and nothing about us.

4xx is said for all that is our own trouble: the peer keeps the mail and tries again.  5xx is said only when no second
try can help and the fault is certainly not ours.
"""

from typing import Final


class Reply(str):
    """One answer without its line end; its three digits say all that a client may rely on."""

    line: bytes  # as it is sent

    def __new__(cls, text: str) -> "Reply":
        made = super().__new__(cls, text)
        made.line = text.encode("ascii") + b"\r\n"
        return made

    @property
    def is_error(self) -> bool:
        """Did the peer do something for good wrong?  (Our own troubles, 4xx, are not held against it.)"""
        return self[0] == "5"


OK: Final = Reply("250 2.0.0 OK")
SENDER_OK: Final = Reply("250 2.1.0 OK")
RECIPIENT_OK: Final = Reply("250 2.1.5 OK")
GO_AHEAD: Final = Reply("354 End data with <CR><LF>.<CR><LF>")
GO_TLS: Final = Reply("220 2.0.0 Ready to start TLS")
BYE: Final = Reply("221 2.0.0 Bye")
CANNOT_VERIFY: Final = Reply("252 2.5.2 Send some mail, we will try")

# Ours, and passing.
OUR_FAULT: Final = Reply("451 4.3.0 Please try again later")
NO_ROOM: Final = Reply("452 4.3.1 Insufficient system storage, please try again later")
CROWDED: Final = Reply("452 4.3.1 Too much mail at once, please try again later")
TOO_MANY_RECIPIENTS: Final = Reply("452 4.5.3 Too many recipients")
TLS_AWAY: Final = Reply("454 4.7.0 TLS is not available")
TOO_MANY_GUESSES: Final = Reply("450 4.7.1 Too many unknown addresses, please try again later")

# The session ends here; the mail can come again in another one.
TOO_MANY_CONNECTIONS: Final = Reply("421 4.7.0 Too many connections, please try again later")
TOO_MANY_COMMANDS: Final = Reply("421 4.7.0 Too many commands")
TOO_MANY_ERRORS: Final = Reply("421 4.7.0 Too many errors")
TIMED_OUT: Final = Reply("421 4.4.2 Timed out")
STOPPING: Final = Reply("421 4.3.2 The server is stopping, please try again soon")

# The peer's, for good.
UNKNOWN_SHOP: Final = Reply("550 5.1.1 No such address here")
FOREIGN_DOMAIN: Final = Reply("550 5.7.1 This server takes no mail for that domain")
REPORTS_ONLY: Final = Reply("550 5.7.1 This address takes reports about undelivered mail only")
TOO_BIG: Final = Reply("552 5.3.4 Message too big")
BAD_SENDER: Final = Reply("501 5.1.7 Syntax: MAIL FROM:<address>")
BAD_RECIPIENT: Final = Reply("501 5.1.3 Syntax: RCPT TO:<address>")
NOT_ASCII: Final = Reply("553 5.6.7 An address beyond ASCII needs SMTPUTF8")
BAD_PARAMETER: Final = Reply("501 5.5.4 Parameter not understood")
UNKNOWN_PARAMETER: Final = Reply("555 5.5.4 Parameter not implemented")
NO_ARGUMENT: Final = Reply("501 5.5.4 This command takes no argument")
NEEDS_NAME: Final = Reply("501 5.5.4 Your host name is missing")
BAD_CHUNK: Final = Reply("501 5.5.4 Syntax: BDAT size [LAST]")
HELO_FIRST: Final = Reply("503 5.5.1 Send EHLO first")
MAIL_FIRST: Final = Reply("503 5.5.1 Send MAIL first")
MAIL_ALREADY: Final = Reply("503 5.5.1 There is a sender already")
NO_RECIPIENTS: Final = Reply("554 5.5.1 No valid recipients")
CHUNKS_BEGUN: Final = Reply("503 5.5.1 Go on with BDAT")
TLS_ALREADY: Final = Reply("503 5.5.1 TLS is active")
NOT_UNDERSTOOD: Final = Reply("500 5.5.2 Command not understood")
LINE_TOO_LONG: Final = Reply("500 5.5.2 Line too long")
NOT_DONE_HERE: Final = Reply("502 5.5.1 Command not implemented")


def accepted(queue_id: str) -> Reply:
    """The promise: the mail is ours, and durable.  With its id, so that both sides' logs can be joined."""
    return Reply(f"250 2.0.0 Accepted as {queue_id}")


def chunk_taken(octets: int) -> Reply:
    """RFC 3030 2: a chunk that was not the last one."""
    return Reply(f"250 2.0.0 {octets} octets")


def greeting(hostname: str) -> Reply:
    """The first line of a session; it names no software and no version."""
    return Reply(f"220 {hostname} ESMTP")


def hello(hostname: str, *, extensions: list[str]) -> Reply:
    """The answer to EHLO as one text, so that it leaves in one write."""
    lines = [hostname, *extensions]
    return Reply("\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))
