"""The door: listening sockets, who is inside, their clocks, and the way to close."""

import asyncio
import logging
import resource
import socket
from asyncio import AbstractEventLoop, Server, TimerHandle
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from smtpd_billbee.errors import ConfigError
from smtpd_billbee.smtp import replies
from smtpd_billbee.smtp.dialogue import Dialogue
from smtpd_billbee.smtp.disk import Disk
from smtpd_billbee.smtp.handler import Handler, Reception
from smtpd_billbee.smtp.limits import MIB, Limits, Room, Turnstile, overdue
from smtpd_billbee.smtp.protocol import MX
from smtpd_billbee.smtp.proxy import BadHeader, Network, may_speak, read_header
from smtpd_billbee.smtp.replies import Reply
from smtpd_billbee.smtp.shared import Shared
from smtpd_billbee.smtp.tls import Certificate

log = structlog.get_logger()

# aiosmtpd writes senders and recipients into its log at INFO: personal data.
logging.getLogger("mail.log").setLevel(logging.WARNING)

# For the database, the children and the log: a door that takes the last descriptor cannot even refuse.
_OTHER_DESCRIPTORS: Final = 64
_BACKLOG: Final = 511
_HOOKS: Final = ("RCPT", "DATA")


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """What the door must know of the configuration."""

    hostname: str
    max_size: int = 35 * MIB
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    limits: Limits = field(default_factory=Limits)
    state_dir: Path | None = None  # where mails are kept, if that is a disk of ours
    proxies: tuple[Network, ...] = ()  # who may say for whom it speaks


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is to be seen of the door from outside."""

    inside: int
    connections: int
    turned_away: int
    accepted: int


class _Session(MX):
    """A session that the door knows of, from its first moment until the connection is gone and nothing is under way."""

    inside = False  # counted by the turnstile
    counted_as: str | None = None  # the address that it is counted for there

    def __init__(self, door: "Door", shared: Shared) -> None:
        super().__init__(shared)
        self.door = door

    def begin(self) -> None:
        """Ask for entry; who cannot stay is told so instead of greeted."""
        self.welcome = self.door.enter(self, str(self.caller.peer[0]) if self.caller.peer else "")
        super().begin()

    def over(self) -> None:
        """The door may forget it."""
        self.door.left(self)


class _Proxied(_Session):
    """A session that a proxy hands on: first it says whose it is, and that one is limited, logged and noted."""

    _patience: TimerHandle | None = None  # the header is awaited

    def begin(self) -> None:
        """Who is no proxy of ours could claim to speak for anybody."""
        self.welcome = self.door.enter(self, None)
        proxy = str(self.caller.peer[0]) if self.caller.peer else ""
        if not may_speak(proxy, self.door.settings.proxies):
            log.warning("no proxy of ours", peer=proxy)
            self.cut()
        elif self.inside:
            self._patience = self.loop.call_later(self.limits.proxy_header, self._give_up)
        else:
            Dialogue.begin(self)

    def over(self) -> None:
        """It is waited for no more."""
        self._end_waiting()
        super().over()

    def _step(self) -> bool:
        return super()._step() if self._patience is None else self._learn_source()

    def _learn_source(self) -> bool:
        try:
            header = read_header(self._input)
        except BadHeader:
            self._give_up()
            return False
        if header is None:
            return False
        self._end_waiting()
        self._obeyed = header.length
        if header.source is not None:
            self.caller.peer = (header.source.ip, header.source.port)  # type: ignore[assignment]  # as of an IPv4 socket
        self.welcome = self.door.name(self, self.caller.ip)
        self._greet()
        return True

    def _give_up(self) -> None:
        log.warning("no proxy header", peer=self.caller.ip)
        self.cut()

    def _end_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class Door:
    """Takes mails on listening sockets and gives them to the reception.

    It holds each session from its first moment to its last, and `stop` waits for each.
    """

    def __init__(self, settings: DoorSettings, reception: Reception, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self._handler = Handler(reception, settings.hostname, clock, settings.limits)
        self._certificate = _certificate(settings)
        self._turnstile = Turnstile(_connections(settings.limits), settings.limits.connections_per_peer)
        self._sessions: set[_Session] = set()
        self._servers: list[Server] = []
        self._ticking: TimerHandle | None = None
        self._stopping = False
        self._connections = 0
        self._turned_away = 0
        self._empty = asyncio.Event()  # to be waited for after it was cleared

    @property
    def counts(self) -> Counts:
        """For the metrics and for tests."""
        return Counts(self._turnstile.inside, self._connections, self._turned_away, self._handler.accepted)

    async def start(self, sockets: Sequence[socket.socket], proxied: Sequence[socket.socket] = ()) -> None:
        """Listen on sockets that are bound already, by us or by systemd; on `proxied` only proxies are heard."""
        loop = asyncio.get_running_loop()
        shared = self._shared(loop)
        for kind, listening in ((_Session, sockets), (_Proxied, proxied)):
            for sock in listening:
                sock.setblocking(False)
                made = partial(kind, self, shared)
                self._servers.append(await loop.create_server(made, sock=sock, backlog=_BACKLOG))
        self._ticking = loop.call_later(self.settings.limits.tick, self._tick, loop)

    async def stop(self, grace: float) -> None:
        """Close the door: nobody new, goodbye to who waits for nothing, `grace` seconds for who is giving us a mail."""
        self._stopping = True
        for server in self._servers:
            server.close()
        for session in tuple(self._sessions):
            session.dismiss(replies.STOPPING)
        await self._wait(grace)
        for session in tuple(self._sessions):
            session.expel(replies.STOPPING)
        await self._wait(0.1)
        for session in tuple(self._sessions):
            session.cut()
        await self._wait(None)
        if self._ticking is not None:
            self._ticking.cancel()

    async def _wait(self, seconds: float | None) -> None:
        """Until everybody has left."""
        if self._sessions:
            self._empty.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), seconds)

    def enter(self, session: _Session, ip: str | None) -> Reply | None:
        """One more connection; the answer if it cannot stay.  None: a proxy will say whose it is."""
        self._connections += 1
        self._sessions.add(session)
        if not self._stopping:
            session.inside = self._turnstile.enter_unnamed() if ip is None else self._turnstile.enter(ip)
            session.counted_as = ip if session.inside else None
        if session.inside:
            return None
        self._turned_away += 1
        return replies.STOPPING if self._stopping else replies.TOO_MANY_CONNECTIONS

    def name(self, session: _Session, ip: str) -> Reply | None:
        """A proxy said whose the connection is; the answer if it cannot stay."""
        if self._turnstile.name(ip):
            session.counted_as = ip
            return None
        self._turned_away += 1
        return replies.TOO_MANY_CONNECTIONS

    def left(self, session: _Session) -> None:
        """A session is over."""
        self._sessions.discard(session)
        if session.inside:
            self._turnstile.leave(session.counted_as)
        if not self._sessions:
            self._empty.set()

    def _tick(self, loop: AbstractEventLoop) -> None:
        """Look at all clocks."""
        limits, now = self.settings.limits, loop.time()
        self._ticking = loop.call_later(limits.tick, self._tick, loop)  # first: whatever fails below, the clocks go on
        for session in tuple(self._sessions):
            if (why := overdue(session.pace, limits, now)) is not None:
                log.info("timed out", peer=session.caller.ip, why=why)
                session.expel(replies.TIMED_OUT)
        if self._certificate is not None:
            self._certificate.refresh()

    def _shared(self, loop: AbstractEventLoop) -> Shared:
        """Everything that would otherwise be made anew for each connection."""
        settings, tls = self.settings, self._certificate
        extensions = [
            "PIPELINING",
            f"SIZE {settings.max_size}",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "CHUNKING",
        ]
        return Shared(
            loop=loop,
            handler=self._handler,
            hooks={name: getattr(self._handler, f"handle_{name}") for name in _HOOKS},
            hostname=settings.hostname,
            max_size=settings.max_size,
            limits=settings.limits,
            room=Room(settings.limits.octets_in_flight),
            disk=Disk(settings.state_dir, settings.max_size, loop.time),
            tls=tls.context if tls else None,
            hello=replies.hello(settings.hostname, extensions=[*extensions, "STARTTLS"] if tls else extensions),
            hello_tls=replies.hello(settings.hostname, extensions=extensions),
            hello_old=Reply(f"250 {settings.hostname}"),
            welcome=replies.greeting(settings.hostname),
            known=self._handler.known,
        )


def _certificate(settings: DoorSettings) -> Certificate | None:
    if settings.tls_certificate is None and settings.tls_key is None:
        return None
    if settings.tls_certificate is None or settings.tls_key is None:
        raise ConfigError("smtp.tls_certificate, smtp.tls_key: set both, or none of them")
    return Certificate(settings.tls_certificate, settings.tls_key)


def _connections(limits: Limits) -> int:
    """How many connections the descriptors of this process allow."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return limits.connections
    return max(1, min(limits.connections, descriptors - _OTHER_DESCRIPTORS))
