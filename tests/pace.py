"""How the time of a piece of work grows with its size: a ratio within one run, of processor time.

A slow or busy machine fails no test; work whose time grows faster than its size does.
"""

import time
from collections.abc import Callable

TRIES = 3
LEAST = 0.002  # seconds; below, the clock says nothing


def growth(work: Callable[[int], object], size: int, times: int = 8) -> float:
    """How much longer work of `size` takes than work of a part of it, over how much larger it is: near 1 for linear."""
    best = float("inf")
    for _ in range(TRIES):
        small = max(_seconds(work, size // times), LEAST)
        best = min(best, _seconds(work, size) / small / times)
        if best < 1.5:
            break
    return best


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun
