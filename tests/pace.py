"""How the time of a piece of work grows with its size: a ratio within one run, of processor time.

A slow or busy machine fails no test; work whose time grows faster than its size does.
"""

import time
from collections.abc import Callable

TRIES = 6  # a machine with other work to do, or one that has to find memory first, is slow now and then
TIMES = 8  # how much larger the large piece of work is
LINEAR = 4  # what growth() stays below: one is linear, eight quadratic
LEAST = 0.002  # seconds; below, the clock says nothing


def growth(work: Callable[[int], object], size: int) -> float:
    """How much longer work of `size` takes than work of an eighth of it, over eight: 1 is linear, TIMES quadratic."""
    best = float("inf")
    for _ in range(TRIES):
        small = max(_seconds(work, size // TIMES), LEAST)
        best = min(best, _seconds(work, size) / small / TIMES)
        if best < LINEAR / 2:
            break
    return best


def _seconds(work: Callable[[int], object], size: int) -> float:
    begun = time.process_time()
    work(size)
    return time.process_time() - begun
