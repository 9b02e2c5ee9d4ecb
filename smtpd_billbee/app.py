"""Builds everything from the config, runs the roles in one TaskGroup, and stops them in order.  The only clock."""

import asyncio
import fcntl
import gc
import os
import random
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from smtpd_billbee.clock import now
from smtpd_billbee.config import AccountSettings, Config
from smtpd_billbee.errors import StartError, StoreAway, plain_words
from smtpd_billbee.links import first_link, window_key
from smtpd_billbee.model.job import Attempt
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.trust import Believed
from smtpd_billbee.send.smtp import Smarthost, SmarthostSettings, tls_context
from smtpd_billbee.smtp.limits import Limits
from smtpd_billbee.smtp.server import Door, DoorSettings
from smtpd_billbee.sockets import bound, bound_all, name_of, sockets_of
from smtpd_billbee.store.store import Store, make_folder, open_store
from smtpd_billbee.values import split_nameserver
from smtpd_billbee.web.settings import WindowSettings
from smtpd_billbee.work import accepting, rereading
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.copying import Copying, CopySettings, Courier, Form
from smtpd_billbee.work.draining import Draining
from smtpd_billbee.work.filing import Filing
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.keeping import IntakeSettings
from smtpd_billbee.work.notice_mail import NoticeSettings
from smtpd_billbee.work.notices import Notices
from smtpd_billbee.work.origins import Origins
from smtpd_billbee.work.owners import DeclaredAccount, declare
from smtpd_billbee.work.readers import Readers
from smtpd_billbee.work.reading import ReadingRole
from smtpd_billbee.work.relaying import Relaying, RelayingSettings
from smtpd_billbee.work.rereading import Change
from smtpd_billbee.work.signing import Signer, is_new_here, key_in
from smtpd_billbee.work.spool import FOLDER as SPOOL
from smtpd_billbee.work.spool import Spool
from smtpd_billbee.work.tidying import Tidying
from smtpd_billbee.work.timekeeping import Timekeeping
from smtpd_billbee.work.verifying import DnsSettings, Verifier, Verifying

if TYPE_CHECKING:
    from smtpd_billbee.web.server import WindowServer

log = structlog.get_logger()

YOUNG = 10_000  # objects of Python; gc.set_threshold
GRACE_SECONDS = 20  # for a mail that is just coming in


class Role(StrEnum):
    """What a process can do; several processes can share a PostgreSQL database."""

    DOOR = "door"
    READING = "reading"
    RELAYING = "relaying"
    WINDOW = "window"


ALL_ROLES = frozenset(Role)


@dataclass(frozen=True)
class Running:
    """What is up: the store, where the door listens, as HOST:PORT, the address of the window, and the proxies' door."""

    store: Store
    door: tuple[str, ...]
    window: str = ""
    proxied: tuple[str, ...] = ()


async def serve(config: Config, roles: frozenset[Role] = ALL_ROLES) -> None:
    """Run until SIGTERM or SIGINT.  Raises StartError or ConfigError when it cannot start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(config, roles) as up:
        log.info(
            "serving", roles=",".join(sorted(roles)), door=",".join(up.door), window=up.window, store=up.store.where,
            **({"proxied": ",".join(up.proxied)} if up.proxied else {}),
        )  # fmt: skip
        await _tell_first_link(up)
        _notify("READY=1")
        _leave_alone()
        await stop.wait()
        log.info("stopping")
        _notify("STOPPING=1")


async def _tell_first_link(up: Running) -> None:
    try:
        link = await first_link(up.store, up.window) if up.window else None
    except StoreAway as error:  # who is up stays so
        log.warning("whether somebody can sign in is not known: the database is away", cause=str(error))
        return
    if link:
        log.warning("nobody can sign in yet: make the first administrator within 24 hours", link=link)


@contextmanager
def _asking() -> Iterator[None]:
    """What a start must know: when the database goes away meanwhile, nothing is started."""
    try:
        yield
    except StoreAway as error:
        raise StartError(f"database: it went away while the server was starting ({error}); start it again") from error


def _leave_alone() -> None:
    """What a start has made stays: no collection looks through half a million objects again, for 0.2 s each time.

    And in a rush they come every few mails, to find nothing: a session has few cycles.  So they come less often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


@asynccontextmanager
async def running(config: Config, roles: frozenset[Role] = ALL_ROLES) -> AsyncIterator[Running]:
    """The roles, up; they are stopped in order when the block ends: the door first, the database last."""
    _refuse_second(config)
    sockets = sockets_of(config.smtp.listen) if Role.DOOR in roles else []
    proxied = bound_all(config.smtp.proxy_listen, "smtp.proxy_listen") if Role.DOOR in roles else []
    window = [bound(config.web.listen, "web.listen")] if Role.WINDOW in roles else []
    try:
        with alone(config):
            store = await open_store(config.database, Path(config.state_dir), checkpoints=True)
            try:
                if config.database and Role.DOOR in roles:
                    # For the spool: to learn that there is no folder when the database is away is too late.
                    make_folder(Path(config.state_dir))
                with _asking():
                    if not config.database:
                        await _release_leases(store)
                    elif Role.RELAYING in roles and await is_new_here(store, key_in(config.state_dir), now()):
                        log.warning("another dkim.key than where a node started last: all nodes need the same")
                    await declare(store, [_declared(account) for account in config.accounts], now())
                async with _roles(config, roles, store, _Sockets(sockets, proxied, window)) as up:
                    yield up
            finally:
                await store.close()
    finally:
        for listening in (*sockets, *proxied, *window):
            listening.close()


@asynccontextmanager
async def _roles(config: Config, roles: frozenset[Role], store: Store, sockets: "_Sockets") -> AsyncIterator[Running]:
    window = sockets.window
    signer = Signer(key_in(config.state_dir), now)
    reading_bell, relaying_bell = Bell(), Bell()
    with _asking():
        copy_key = await _copy_key(store)
        page_key = await window_key(store) if window else b""
    spool = _spool(config)
    intake_settings = _intake_settings(config, copy_key)
    filing = Filing(store, intake_settings, now, (reading_bell, relaying_bell))
    intake = Intake(store, intake_settings, (reading_bell, relaying_bell), spool, filing)
    draining = Draining(spool, intake)
    timekeeping = Timekeeping(store, now)
    tidying = Tidying(store, config.keep.mail_days, now)
    door = Door(_door_settings(config), intake, now)
    readers, verifier = _readers(config), _verifier(config)
    verifying = Verifying(store, verifier, now)
    reading = ReadingRole(store, readers, now, reading_bell, relaying_bell, proofs=verifying, origins=_origins(config))
    courier = _courier(config)
    copying = Copying(store, courier, _copy_settings(config, copy_key), now, verifying, signer)
    relaying = Relaying(store, copying, RelayingSettings(), now, random.random, relaying_bell)
    send_ours = _sender(courier, signer)
    notices = Notices(store, send_ours, _notice_settings(config, window), now)
    try:
        async with verifying.at_work(asks_again=Role.READING in roles), asyncio.TaskGroup() as tasks:
            if Role.DOOR in roles:
                tasks.create_task(intake.run())
                tasks.create_task(draining.run())
                await door.start(sockets.door, sockets.proxied)
            if roles & {Role.DOOR, Role.READING}:  # whoever reads files, too, what the door of a killed node left
                tasks.create_task(filing.run())
            if Role.READING in roles:
                tasks.create_task(timekeeping.run())
                tasks.create_task(tidying.run())
                readers.start()
                verifier.start()
                tasks.create_task(reading.run())
            if Role.RELAYING in roles:
                tasks.create_task(relaying.run())
                tasks.create_task(notices.run())
            parts = _Parts(store, readers, reading, relaying_bell, send_ours, spool)
            pages = _pages(config, window, parts, page_key) if window else None
            if pages:
                tasks.create_task(pages.run(window))
            try:
                doors, proxied = _names(sockets.door), _names(sockets.proxied)
                yield Running(store, doors, _address(config, window) if window else "", proxied)
            finally:
                await door.stop(GRACE_SECONDS)
                if pages:
                    pages.stop()
                draining.stop()
                timekeeping.stop()
                tidying.stop()
                intake.stop()
                if Role.DOOR not in roles:  # else the intake stops it, after the last mail
                    filing.stop()
                reading.stop()
                relaying.stop()
                notices.stop()
    finally:
        readers.close()
        verifier.close()


def _pages(config: Config, window: list[socket.socket], parts: "_Parts", key: bytes) -> "WindowServer":
    """The window.  Its framework takes a second to load, and most commands show no page."""
    from smtpd_billbee.web.hands import Hands
    from smtpd_billbee.web.server import WindowServer
    from smtpd_billbee.web.window import application

    hands = Hands(parts.readers, parts.reading, parts.relaying_bell, parts.send_ours, parts.spool.state)
    app = application(parts.store, now, key, _window_settings(config, window), hands)
    return WindowServer(app, config.web.trusted_proxies)


def _sender(courier: Courier, signer: Signer) -> Callable[[str, bytes], Awaitable[Attempt]]:
    """Mails of our own: bounces of them go nowhere (RFC 5321 4.5.5)."""

    async def send(recipient: str, raw: bytes) -> Attempt:
        return await courier.deliver("", recipient, await signer.signed(raw))

    return send


@dataclass(frozen=True)
class _Parts:
    """What the roles and the window share."""

    store: Store
    readers: Readers
    reading: ReadingRole
    relaying_bell: Bell
    send_ours: Callable[[str, bytes], Awaitable[Attempt]]
    spool: Spool


@dataclass(frozen=True)
class _Sockets:
    """What is listened on."""

    door: list[socket.socket]
    proxied: list[socket.socket]
    window: list[socket.socket]


def _names(listening: list[socket.socket]) -> tuple[str, ...]:
    return tuple(name_of(each) for each in listening)


def _address(config: Config, window: list[socket.socket]) -> str:
    return config.web.public_url or f"http://{name_of(window[0])}"


async def reread(
    config: Config, store: Store, mail_ids: Sequence[int] | None, states: Collection[MailState]
) -> list[Change]:
    """Read kept mails again, here and now: these, or (None) all in these states; what changed."""
    async with _reads_again(config, store) as role:
        return await rereading.reread(store, role, mail_ids, states)


async def accept(config: Config, store: Store, mail_id: int, trust: bool, actor: str) -> list[Change]:
    """Accept a mail whose origin is in doubt, here and now; what changed."""
    async with _reads_again(config, store) as role:
        return await accepting.accept(store, role, mail_id, trust, actor, now())


@asynccontextmanager
async def _reads_again(config: Config, store: Store) -> AsyncIterator[ReadingRole]:
    """What reads kept mails, beside a `serve` or without one."""
    readers, verifier = _readers(config), _verifier(config)
    verifying = Verifying(store, verifier, now)
    try:
        async with verifying.at_work(asks_again=False):
            yield ReadingRole(store, readers, now, Bell(), proofs=verifying, origins=_origins(config))
    finally:
        readers.close()
        verifier.close()


async def _release_leases(store: Store) -> None:
    """Nobody else serves this SQLite file: what a killed server held need not wait until its leases end."""
    async with store.transaction() as tx:
        await tx.mails.release_all(now())
        await tx.jobs.release_all(now())


async def _copy_key(store: Store) -> bytes:
    async with store.transaction() as tx:
        return await tx.keys.get_or_make("copies", now())


def _readers(config: Config) -> Readers:
    return Readers(config.reader.processes or _cores(), config.reader.time_limit, config.reader.memory_limit)


def _cores() -> int:
    """Those that we may use; where the system does not say it, all there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _origins(config: Config) -> Origins:
    believed = Believed(tuple(config.trust.domains), tuple(config.trust.sealers))
    return Origins(believed, config.smtp.domains)


def _verifier(config: Config) -> Verifier:
    nameservers = tuple(split_nameserver(text) for text in config.dns.nameservers)
    return Verifier(
        config.reader.processes or 1, config.reader.memory_limit, DnsSettings(nameservers, config.dns.timeout)
    )


def _intake_settings(config: Config, copy_key: bytes) -> IntakeSettings:
    smtp, wraps = config.smtp, Form(config.relay.wrap) is not Form.NEVER
    copies_wait = timedelta(seconds=config.relay.wait_for_reading)
    return IntakeSettings(
        frozenset(smtp.domains), smtp.operator, copy_key, smtp.commit_patience, config.sender_domain, wraps, copies_wait
    )


def _spool(config: Config) -> Spool:
    return Spool(Path(config.state_dir) / SPOOL, config.smtp.max_size)


def _door_settings(config: Config) -> DoorSettings:
    smtp = config.smtp
    limits = replace(Limits(), connections=smtp.max_connections, connections_per_peer=smtp.max_connections_per_peer)
    certificate = Path(smtp.tls_certificate) if smtp.tls_certificate else None
    key = Path(smtp.tls_key) if smtp.tls_key else None
    state_dir = None if config.database else Path(config.state_dir)
    proxies = tuple(ip_network(text) for text in smtp.proxy_peers)
    return DoorSettings(config.hostname, smtp.max_size, certificate, key, limits, state_dir, proxies)


def _courier(config: Config) -> Courier:
    """The way out: the smarthost, or the mail servers of the recipients, whose libraries take 7 MiB."""
    if config.relay.mode == "smarthost":
        return Smarthost(_smarthost_settings(config))
    from smtpd_billbee.send.direct import Direct, DirectSettings
    from smtpd_billbee.send.mta_sts import Policies
    from smtpd_billbee.send.mx import Dns

    nameservers = [split_nameserver(text) for text in config.dns.nameservers]
    dns = Dns(nameservers, config.dns.timeout, allows_private=config.relay.private_addresses)
    policies = Policies(dns, time.monotonic)
    return Direct(DirectSettings(config.hostname), dns, policies, tls_context(config.relay.ca_file))


def _smarthost_settings(config: Config) -> SmarthostSettings:
    relay = config.relay
    return SmarthostSettings(
        host=relay.host, port=relay.port, hostname=config.hostname, tls=relay.tls, username=relay.username,
        password=relay.password, ca_file=relay.ca_file,
    )  # fmt: skip


def _window_settings(config: Config, window: list[socket.socket]) -> WindowSettings:
    address = _address(config, window)
    return WindowSettings(address, config.smtp.domains[0], address.startswith("https://"), config.smtp.max_size)


def _notice_settings(config: Config, window: list[socket.socket]) -> NoticeSettings:
    address = _address(config, window) if window else config.web.public_url or f"http://{config.web.listen}"
    return NoticeSettings(address, config.sender_domain)


def _copy_settings(config: Config, copy_key: bytes) -> CopySettings:
    return CopySettings(config.hostname, config.sender_domain, copy_key, Form(config.relay.wrap))


def _declared(account: AccountSettings) -> DeclaredAccount:
    """Only what stands in the settings: anything else may have been set by hand and stays."""
    settings = account.model_dump(exclude_unset=True, exclude={"email", "shops"})
    shops = {shop.id: shop.model_dump(exclude_unset=True, exclude={"id"}) for shop in account.shops}
    return DeclaredAccount(account.email, settings, shops)


def _refuse_second(config: Config) -> None:
    """Name the other `serve` before its port is found taken; it makes no file, so that a failed start leaves none."""
    file = _lock_file(config)
    if not config.database and file.is_file():
        with alone(config):
            pass


@contextmanager
def alone(config: Config) -> Iterator[None]:
    """One `serve` per SQLite file: a second one would read and send everything twice."""
    if config.database:
        yield
        return
    file = _lock_file(config)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock = file.open("w")
    except FileExistsError:
        raise StartError(f"state_dir: {config.state_dir} is a file, not a folder") from None
    except OSError as error:
        raise StartError(f"state_dir: {file} cannot be written: {plain_words(error)}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StartError(f"state_dir: another `serve` is running on {config.state_dir}; stop it first") from None
        yield


def _lock_file(config: Config) -> Path:
    return Path(config.state_dir) / "serve.lock"


def _notify(state: str) -> None:
    """Tell systemd, if it asked to be told (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.connect("\0" + address[1:] if address.startswith("@") else address)
        sock.send(state.encode())
