"""Whether mails come one right behind the other.  Pure: the times are arguments.

In a rush the door only makes sure that nothing is lost; it is filed (filing.py) when the door is quiet, or after two
seconds.  A mail that comes alone, or with a few others, is filed at once.
"""

MANY = 8  # mails; a few that a person sends himself are none
NEXT_SECONDS = 0.01  # from one to the next


class Rush:
    """Counts."""

    def __init__(self) -> None:
        self._last = float("-inf")
        self._count = 0

    @property
    def is_on(self) -> bool:
        """Whether the last mails were a rush."""
        return self._count >= MANY

    def note(self, now: float) -> None:
        """A mail has come, at that time of the loop."""
        self._count = self._count + 1 if now - self._last < NEXT_SECONDS else 1
        self._last = now
