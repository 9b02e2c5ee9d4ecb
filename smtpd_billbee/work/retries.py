"""When to try again what did not go through."""

from datetime import datetime, timedelta

# Tries at 0, 1 min, 5 min, 15 min, 30 min, 1 h and 2 h, then every 4 h.  As pauses, not as points in time: after a day
# without a network a copy must not be tried seven times in a row.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 10, 15, 30, 60))
LAST_PAUSE = timedelta(hours=4)
LIFETIME = timedelta(days=5)  # RFC 5321 4.5.4.1: give up after 4 to 5 days
JITTER = 0.1  # so that what was refused together does not come back together


def next_try(first: datetime, attempts: int, now: datetime, chance: float) -> datetime | None:
    """When to try again after `attempts` tries; None: give up.

    `first` is when the job was made, `chance` a number from 0 to 1.  The last try is at the very end of the five days.
    """
    if attempts < 1:
        return now
    if now >= first + LIFETIME:
        return None
    pause = PAUSES[attempts - 1] if attempts <= len(PAUSES) else LAST_PAUSE
    return min(now + pause * (1 + JITTER * chance), first + LIFETIME)
