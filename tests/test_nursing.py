"""The nursery of tests outlives whoever asks it."""

import errno
import socket
from multiprocessing import reduction

import pytest

from tests.nursing import received


def test_a_command_that_is_gone() -> None:
    """What the fork server passes over is an aborted connection; it got the end of a file, and ended itself."""
    asked, asking = socket.socketpair(socket.AF_UNIX)
    asking.close()
    with asked, pytest.raises(ConnectionAbortedError) as gone:
        received(asked, 3)

    assert errno.ECONNABORTED == gone.value.errno
    assert reduction.recvfds is received  # type: ignore[attr-defined]
