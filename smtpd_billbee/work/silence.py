"""When a shop is silent for longer than usual.  Decided here from the moments of its orders; touches nothing."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta

LOOKED_AT = 21  # orders
FEWEST = 6  # with fewer, nobody can say what is usual
SHORTEST = timedelta(days=1)  # a night, and an evening without orders
FACTOR = 1.5


def silent_since(orders_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Since when a shop is silent for longer than usual: half as long again as between any of its last orders."""
    if len(orders_at) < FEWEST:
        return None
    moments = sorted(orders_at)
    longest = max(later - earlier for earlier, later in itertools.pairwise(moments))
    return moments[-1] if now - moments[-1] > max(SHORTEST, longest * FACTOR) else None
