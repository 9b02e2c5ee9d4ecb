"""A window on a free port of 127.0.0.1, and somebody who asks it."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.applications import Starlette

from smtpd_billbee.model.job import Attempt, Delivered
from smtpd_billbee.model.overview import SpoolState
from smtpd_billbee.model.user import User, UserRole
from smtpd_billbee.sockets import bound
from smtpd_billbee.store.store import Store
from smtpd_billbee.web.hands import Hands
from smtpd_billbee.web.server import WindowServer
from smtpd_billbee.web.settings import WindowSettings
from smtpd_billbee.web.window import application
from smtpd_billbee.work import users
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.reading import ReadingRole

KEY = bytes(range(32))
LARGEST_MAIL = 2 * 1024 * 1024
PASSWORD = "correct horse battery"
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to load every authority takes longer than most pages


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass
class Window:
    """A window that is up."""

    store: Store
    address: str
    hands: Hands
    sent: list[tuple[str, bytes]]  # mails of our own: (recipient, mail)
    app: Starlette
    spool: SpoolState = field(default_factory=SpoolState)

    @asynccontextmanager
    async def visitor(self, language: str = "en") -> AsyncIterator["Visitor"]:
        """Somebody without a session."""
        headers = {"accept-language": language}
        async with httpx.AsyncClient(base_url=self.address, headers=headers, timeout=30, verify=NO_TLS) as client:
            yield Visitor(client)

    @asynccontextmanager
    async def signed_in(self, email: str, language: str = "en") -> AsyncIterator["Visitor"]:
        """Somebody who signed in."""
        async with self.visitor(language) as visitor:
            answer = await visitor.post("/login", email=email, password=PASSWORD)
            assert 303 == answer.status_code, answer.text
            yield visitor

    async def user(self, email: str, role: UserRole = UserRole.OWNER, account: str | None = None) -> User:
        """A user with a password."""
        made = await users.add_user(self.store, email, role, account, "test", now())
        return await users.set_password(self.store, made.id, PASSWORD, "test", now())


@dataclass
class Visitor:
    """Keeps cookies, and sends the token that a form holds."""

    client: httpx.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """A page."""
        return await self.client.get(path, **more)

    async def post(self, path: str, page: str | None = None, files: Any = None, **fields: Any) -> httpx.Response:
        """Send a form with the token of the page where it stands (the path itself, or `page`)."""
        shown = await self.client.get(page or path)
        token = re.search(r'name="csrftoken"[^>]*value="([^"]+)"', shown.text)
        assert token, f"no form at {page or path}: {shown.status_code}"
        return await self.client.post(path, data={**fields, "csrftoken": token[1]}, files=files)


@asynccontextmanager
async def window_on(store: Store, secure: bool = False) -> AsyncIterator[Window]:
    """The window over this store."""
    readers, sent = Readers(1, 10.0, 1024**3), []

    async def send(recipient: str, raw: bytes) -> Attempt:
        sent.append((recipient, raw))
        return Delivered("250 2.0.0 kept")

    bell = Bell()
    hands = Hands(readers, ReadingRole(store, readers, now, Bell(), bell), bell, send, lambda: up.spool)
    listening = bound("127.0.0.1:0", "web.listen")
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = WindowSettings(address, "inbound.example", secure, LARGEST_MAIL)
    app = application(store, now, KEY, settings, hands)
    server = WindowServer(app, [])
    up = Window(store, address, hands, sent, app)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run([listening]))
        try:
            yield up
        finally:
            server.stop()
    listening.close()
    readers.close()
