"""What the nursery of all tests' commands bears besides: commands that are killed while they ask it for a child.

Python's fork server takes it for a failure of its own and ends, and no command had a child any more.  Beside a server
of its own that does not matter: it is dead.
"""

import errno
import socket
from collections.abc import Sequence
from multiprocessing import reduction
from typing import Any

_received: Any = reduction.recvfds  # type: ignore[attr-defined]  # the stubs do not show it


def received(asking: socket.socket, most: int) -> Sequence[int]:
    """The descriptors that a command sends along; one that is gone is passed over, as one that hung up before."""
    try:
        descriptors: Sequence[int] = _received(asking, most)
    except EOFError as error:
        raise ConnectionAbortedError(errno.ECONNABORTED, "it is gone") from error
    return descriptors


reduction.recvfds = received  # type: ignore[attr-defined]
