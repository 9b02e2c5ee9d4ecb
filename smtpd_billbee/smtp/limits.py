"""What one peer, and all of them, may take of us.  Pure: times and addresses come in as arguments."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps and clocks, in seconds and octets.  A cap that is met is answered with 4xx: the mail comes again."""

    connections: int = 1000
    connections_per_peer: int = 100  # from one IPv4 address or one IPv6 /64
    recipients: int = 100  # RFC 5321 4.5.3.1.8 asks for at least this
    errors: int = 20  # 5xx answers in one session
    commands: int = 1000  # since the last accepted mail; 100 recipients need 104
    command_line: int = 2048  # RFC 5321 4.5.3.1.4 asks for 512; SMTPUTF8 and parameters need more
    octets_in_flight: int = 256 * MIB  # of all mails that are just coming in
    idle: float = 300.0  # RFC 5321 4.5.3.2.7 asks for five minutes
    session: float = 900.0  # in all; a peer that brings mail gets more (see `overdue`)
    data_rate: float = 500.0  # octets a second that DATA must bring
    data_patience: float = 60.0  # before the rate is looked at
    handshake: float = 60.0
    proxy_header: float = 10.0  # for a proxy to say for whom it speaks
    farewell: float = 5.0  # for a peer to read our last words
    unknown: int = 50  # addresses that are not there, from one network, before it has to come again later
    unknown_within: float = 600.0
    unknown_pause: float = 5.0  # before each of them is refused
    unknown_from_near: bool = False  # whether that holds for this host and private networks, too
    tick: float = 1.0  # how often the clocks are looked at


@dataclass(slots=True)
class Pace:
    """The clocks of one session, in the loop's time."""

    started: float
    heard: float  # when the peer last said something, or we last kept it waiting
    ours: bool = False  # it waits for us
    leaving: float | None = None  # since when the session is over
    octets: int = 0  # of mail, in all
    data_started: float | None = None
    data_octets: int = 0

    @contextmanager
    def data(self, now: float) -> Iterator[None]:
        """While content is read, it has to come fast enough."""
        self.data_started, self.data_octets = now, 0
        try:
            yield
        finally:
            self.data_started = None

    def note(self, octets: int) -> None:
        """So much content has come."""
        self.octets += octets
        self.data_octets += octets


def overdue(pace: Pace, limits: Limits, now: float) -> str | None:
    """Why this peer has had its time; None while it may stay.

    Our own slowness is never the peer's fault: while it waits for us, no clock runs.
    """
    if pace.leaving is not None:
        return "unread" if now - pace.leaving > limits.farewell else None
    if pace.ours:
        return None
    if now - pace.heard > limits.idle:
        return "idle"
    if pace.data_started is not None:
        judged = now - pace.data_started - limits.data_patience
        if judged > 0 and pace.data_octets < judged * limits.data_rate:
            return "slow"
    # A peer that brings mail at the lowest rate we bear stays within this for ever; one that says NOOP does not.
    if now - pace.started > limits.session + pace.octets / limits.data_rate:
        return "long"
    return None


def network(ip: str) -> bytes:
    """Who counts as one peer: an IPv4 address, or the /64 that an IPv6 host chooses its addresses from."""
    try:
        if ":" not in ip:
            return socket.inet_pton(socket.AF_INET, ip)
        packed = socket.inet_pton(socket.AF_INET6, ip.partition("%")[0])
    except OSError:
        return ip.encode()
    # ::ffff:192.0.2.1 is an IPv4 host seen through an IPv6 socket.
    return packed[12:] if packed[:12] == b"\0" * 10 + b"\xff\xff" else packed[:8]


class Turnstile:
    """Counts who is inside."""

    def __init__(self, connections: int, per_peer: int) -> None:
        self.connections = connections
        self.per_peer = per_peer
        self.inside = 0
        self._of: Counter[bytes] = Counter()

    def enter(self, ip: str) -> bool:
        """Let one more in, or not."""
        if not self.enter_unnamed():
            return False
        if self.name(ip):
            return True
        self.inside -= 1
        return False

    def enter_unnamed(self) -> bool:
        """Let one more in of whom nobody knows yet who it is."""
        if self.inside >= self.connections:
            return False
        self.inside += 1
        return True

    def name(self, ip: str) -> bool:
        """It is known who somebody inside is: may there be one more of them?"""
        peer = network(ip)
        if self._of[peer] >= self.per_peer:
            return False
        self._of[peer] += 1
        return True

    def leave(self, ip: str | None) -> None:
        """Somebody who was let in has gone; None: it was never known who."""
        self.inside -= 1
        if ip is not None:
            peer = network(ip)
            self._of[peer] -= 1
            if not self._of[peer]:
                del self._of[peer]


class Room:
    """The memory that all mails that are just coming in share."""

    def __init__(self, octets: int) -> None:
        self.free = octets

    def take(self, octets: int) -> bool:
        """Reserve memory, or learn that there is none left."""
        if octets > self.free:
            return False
        self.free -= octets
        return True

    def give_back(self, octets: int) -> None:
        """Return what was taken."""
        self.free += octets
