"""Whom to leave in peace for a while: a mail server that refuses everybody, or that nobody reaches.

Several troubles in a row close the way to a destination's domain, or the way out as a whole.  When the pause is over,
one copy tries; what it brings opens the way again or doubles the pause.  Time comes in as an argument.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

ROW = 5  # Postfix gives up a destination for now after as many, with its default concurrency
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=15)
PROBE = timedelta(minutes=2)  # for the one that tries; if it is never heard of again, another one may
AGAIN = timedelta(seconds=5)  # meanwhile the others wait

WAY_OUT = "*"  # everybody's: the smarthost


@dataclass(slots=True)
class _Way:
    """`failures` in a row; closed until `opens`, and for others than the probe until `probe_ends`."""

    failures: int = 0
    pause: timedelta = FIRST_PAUSE
    opens: datetime | None = None
    probe_ends: datetime | None = None


class Breaker:
    """Counts what deliveries bring, by way: a domain, or WAY_OUT."""

    def __init__(self) -> None:
        self._ways: dict[str, _Way] = {}

    def closed_until(self, way: str, now: datetime) -> datetime | None:
        """When to ask again; None: go.  Whoever is let through after a pause is its one probe."""
        one = self._ways.get(way)
        if one is None or one.opens is None:
            return None
        if now < one.opens:
            return one.opens
        if one.probe_ends is not None and now < one.probe_ends:
            return now + AGAIN
        one.probe_ends = now + PROBE
        return None

    def went_well(self, way: str) -> None:
        """A server answered for itself: the way is open."""
        self._ways.pop(way, None)

    def failed(self, way: str, now: datetime) -> bool:
        """A trouble that the next one would have, too.  True: the way is closed from now on, or for longer."""
        one = self._ways.setdefault(way, _Way())
        if one.opens is None:
            one.failures += 1
            if one.failures < ROW:
                return False
        elif one.probe_ends is None:  # it had begun before the way was closed
            return False
        else:
            one.pause = min(2 * one.pause, LONGEST_PAUSE)
        one.opens, one.probe_ends = now + one.pause, None
        return True


def domain_of(destination: str) -> str:
    """The way to an address."""
    return destination.rpartition("@")[2].lower()
