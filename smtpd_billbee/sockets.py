"""The sockets that we listen on: inherited from systemd, or bound to what the config says."""

import os
import socket
from collections.abc import Sequence

from smtpd_billbee.errors import StartError, plain_words
from smtpd_billbee.values import split_listen

FIRST_INHERITED = 3  # sd_listen_fds(3): SD_LISTEN_FDS_START


def sockets_of(listen: Sequence[str]) -> list[socket.socket]:
    """The door's: those of systemd, else these addresses.  StartError: one of them cannot be had."""
    return _inherited() or bound_all(listen, "smtp.listen")


def bound_all(listen: Sequence[str], setting: str) -> list[socket.socket]:
    """A socket on each of these addresses, or StartError and none."""
    sockets: list[socket.socket] = []
    try:
        for text in listen:
            sockets.append(bound(text, setting))  # noqa: PERF401 - those before a failing one must be closed
    except StartError:
        for listening in sockets:
            listening.close()
        raise
    return sockets


def bound(text: str, setting: str) -> socket.socket:
    """A socket on this address, named by this setting of the config.  StartError: it cannot be listened on."""
    host, port = split_listen(text)
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family)
    except OSError as error:
        raise StartError(f"{setting}: {text} cannot be listened on: {plain_words(error)}") from None
    # Accepted connections inherit it; asyncio sets it only where the socket names its protocol, and this one does not.
    # Without it an answer in two writes waits 40 ms for the delayed acknowledgement of the first (RFC 896, RFC 1122).
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def name_of(listening: socket.socket) -> str:
    """'127.0.0.1:2525' or '[::1]:2525'."""
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _inherited() -> list[socket.socket]:
    """What systemd listens on for us (sd_listen_fds(3)); nothing when the words are for another process."""
    count = os.environ.get("LISTEN_FDS", "")
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not count.isdecimal():
        return []
    numbers = range(FIRST_INHERITED, FIRST_INHERITED + int(count))
    for number in numbers:
        os.set_inheritable(number, False)  # the readers' processes have no business with them
    return [socket.socket(fileno=number) for number in numbers]
