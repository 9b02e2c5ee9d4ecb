"""A small real SMTP server that keeps what it takes, and misbehaves on request.

    async with Sink() as sink:
        sink.refuse("RCPT", "451 4.3.0 busy", times=2)
        ...
        assert raw == sink.mails[0].raw

Stages: CONNECT, EHLO, MAIL, RCPT, DATA (after the final dot).
"""

import asyncio
import shutil
import ssl
import subprocess
import warnings
from collections import defaultdict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

DROP = "drop"  # as a reply: cut the connection instead


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail that got its 250."""

    sender: str
    recipient: str
    options: tuple[str, ...]
    raw: bytes
    tls: bool
    login: str | None
    helo: str


class Sink:
    """`hide` names EHLO keywords not to offer; `login` is the one (name, password) that must be given."""

    def __init__(
        self,
        *,
        tls: Literal["none", "starttls", "tls"] = "none",
        certificate: tuple[Path, Path] | None = None,
        login: tuple[str, str] | None = None,
        hide: tuple[str, ...] = (),
        max_size: int = 64 * 1024 * 1024,
        address: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.mails: list[Taken] = []
        self.sessions = self.most_sessions = 0  # ever, and at once
        self.delays: dict[str, float] = {}
        self._refusals: defaultdict[str, deque[str]] = defaultdict(deque)
        self._always: dict[str, str] = {}
        self._tls, self._login, self._hide, self._max_size = tls, login, hide, max_size
        self._context = _server_context(certificate) if certificate else None
        self._arrived = asyncio.Condition()
        self.connections: set[asyncio.BaseTransport] = set()
        self._server: asyncio.Server | None = None
        self.address, self.port = address, port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        implicit = self._context if self._tls == "tls" else None
        self._server = await loop.create_server(self._protocol, self.address, self.port, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        for _round in range(6):  # one may still be on its way in; and each has to see that it is gone
            for transport in list(self.connections):
                transport.abort() if isinstance(transport, asyncio.WriteTransport) else transport.close()
            await asyncio.sleep(0)

    def refuse(self, stage: str, reply: str, times: int | None = 1) -> None:
        """Answer `reply` (or DROP) to the next `times` at this stage; None: always, until relent()."""
        if times is None:
            self._always[stage] = reply
        else:
            self._refusals[stage].extend([reply] * times)

    def relent(self) -> None:
        """Take everything again."""
        self._refusals.clear()
        self._always.clear()

    async def wait_for(self, count: int, seconds: float = 30.0) -> None:
        """Until that many mails were taken."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: len(self.mails) >= count)

    def _protocol(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # aiosmtpd warns of a login without TLS; some tests want just that
            return _SinkProtocol(
                self,
                hostname="sink.example",
                ident="sink",
                enable_SMTPUTF8="SMTPUTF8" not in self._hide,
                data_size_limit=self._max_size,
                tls_context=self._context if self._tls == "starttls" else None,
                auth_required=self._login is not None,
                auth_require_tls=self._tls == "starttls" or self._login is None,
                authenticator=self._authenticate,
            )

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=right, handled=False, auth_data=given.login if right else None)

    async def _answer(self, server: SMTP, stage: str) -> str | None:
        """What to say instead of taking it; None: take it."""
        await asyncio.sleep(self.delays.get(stage, 0.0))
        waiting = self._refusals[stage]
        reply = waiting.popleft() if waiting else self._always.get(stage)
        if reply == DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            raise ConnectionResetError("dropped on request")
        return reply

    # The names of these hooks are aiosmtpd's.

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if (reply := await self._answer(server, "EHLO")) is not None:
            session.host_name = None
            return [reply]
        return [line for line in responses if line[4:].split()[0] not in self._hide]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (reply := await self._answer(server, "MAIL")) is not None:
            return reply
        envelope.mail_from, envelope.mail_options = address, options
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if (reply := await self._answer(server, "RCPT")) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if (reply := await self._answer(server, "DATA")) is not None:
            return reply
        assert isinstance(envelope.original_content, bytes)
        tls = server.transport is not None and server.transport.get_extra_info("sslcontext") is not None
        login = session.auth_data.decode() if session.auth_data else None
        for recipient in envelope.rcpt_tos:
            self.mails.append(
                Taken(
                    "" if envelope.mail_from == "<>" else envelope.mail_from or "",
                    recipient,
                    tuple(envelope.mail_options),
                    envelope.original_content,
                    tls,
                    login,
                    session.host_name or "",
                )
            )
        async with self._arrived:
            self._arrived.notify_all()
        return f"250 2.0.0 taken as {len(self.mails)}"


class _SinkProtocol(SMTP):
    line_length_limit = 2**20  # the copies may hold any line that the door took

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transports = self.event_handler.connections
        self._transports.add(transport)
        sink: Sink = self.event_handler
        sink.most_sessions = max(sink.most_sessions, len(sink.connections))
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._transports -= {t for t in self._transports if t.is_closing()}
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        sink: Sink = self.event_handler
        sink.sessions += 1
        try:
            if (reply := await sink._answer(self, "CONNECT")) is not None:
                await self.push(reply)
                assert self.transport is not None
                self.transport.close()
                return
            await super()._handle_client()
        except ConnectionResetError:
            pass  # the client is gone, or was dropped on request


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A fresh certificate for 127.0.0.1 and localhost with its key, as (certificate, key)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: no certificate for the TLS tests")
    certificate, key = folder / "sink.pem", folder / "sink.key"
    command = f"{openssl} req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
    files = ["-out", str(certificate), "-keyout", str(key)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    return certificate, key


def _server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context
