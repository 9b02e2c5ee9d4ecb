"""Memory for large mails goes back to the system when they are done with.

glibc learns from the first large block that is freed, and takes the next ones of that size from its heap, from where
little comes back: after one mail of 35 MiB a process stayed 90 MiB larger.  With a fixed limit it does not learn
(mallopt(3), M_MMAP_THRESHOLD).
"""

import ctypes
from typing import Final

LARGE: Final = 1024 * 1024  # octets; each such block is asked of the system, which takes some microseconds
_M_MMAP_THRESHOLD: Final = -3


def give_large_blocks_back() -> None:
    """From now on, in this process and in those that are forked from it.  Other C libraries than glibc need it not."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, LARGE)
