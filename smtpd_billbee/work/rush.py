"""Whether mails come one right behind the other.  Pure: the times are arguments.

In a rush the door only makes sure that nothing is lost; it is filed (filing.py) when the door is quiet, or after two
seconds.  A mail that comes alone, or with a few others, is filed at once.
"""

MANY = 8  # mails; a few that a person sends himself are none
NEXT_SECONDS = 0.01  # from one to the next
LONG = 10 * MANY


class Rush:
    """Counts.

    The longer a rush, the longer the pause that it outlasts, up to a tenth of a second: a pause may be our own, where
    mails are large or the machine is busy, and to file at once would make it longer.
    """

    def __init__(self) -> None:
        self._last = float("-inf")
        self._count = 0

    @property
    def is_on(self) -> bool:
        """Whether the last mails were a rush."""
        return self._count >= MANY

    def note(self, now: float) -> None:
        """A mail has come, at that time of the loop."""
        missed = int(min((now - self._last) / NEXT_SECONDS, LONG))
        self._count = max(min(self._count, LONG) - MANY * missed, 0) + 1
        self._last = now
