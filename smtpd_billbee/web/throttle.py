"""How often somebody may try to sign in: after some wrong passwords the next try must wait, longer each time."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
MOST_KEPT = 10_000


@dataclass(slots=True)
class _Tries:
    wrong: int
    last: datetime


class Throttle:
    """Counts wrong tries by any key: an address, a peer."""

    def __init__(self, free_tries: int = FREE_TRIES, first_wait: timedelta = FIRST_WAIT) -> None:
        self._free_tries, self._first_wait = free_tries, first_wait
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, keys: tuple[str, ...], now: datetime) -> timedelta:
        """How long the next try must wait; zero: it may be made."""
        return max((self._wait(key, now) for key in keys), default=timedelta(0))

    def _wait(self, key: str, now: datetime) -> timedelta:
        tries = self._tries.get(key)
        if tries is None or tries.wrong < self._free_tries or now - tries.last > FORGOTTEN_AFTER:
            return timedelta(0)
        pause = min(self._first_wait * float(2 ** min(tries.wrong - self._free_tries, 20)), LONGEST_WAIT)
        return max(timedelta(0), tries.last + pause - now)

    def failed(self, keys: tuple[str, ...], now: datetime) -> None:
        """Count a wrong try."""
        for key in keys:
            tries = self._tries.pop(key, None)
            if tries is None or now - tries.last > FORGOTTEN_AFTER:
                tries = _Tries(0, now)
            tries.wrong, tries.last = tries.wrong + 1, now
            self._tries[key] = tries
        while len(self._tries) > MOST_KEPT:
            self._tries.popitem(last=False)

    def forget(self, keys: tuple[str, ...]) -> None:
        """It was right."""
        for key in keys:
            self._tries.pop(key, None)
