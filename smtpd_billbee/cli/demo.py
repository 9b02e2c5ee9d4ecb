"""demo: the main job, for real: server up, mails in over SMTP, orders out, copies delivered to a mailbox beside it."""

import asyncio
import contextlib
import logging
import secrets
import socket
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from smtpd_billbee import app as application
from smtpd_billbee import log
from smtpd_billbee.cli.context import print_table, run
from smtpd_billbee.cli.mail import print_mails
from smtpd_billbee.cli.order import print_orders
from smtpd_billbee.clock import now
from smtpd_billbee.config import (
    AccountSettings,
    Config,
    DnsSettings,
    RelaySettings,
    ShopSettings,
    SmtpSettings,
    WebSettings,
)
from smtpd_billbee.errors import Error
from smtpd_billbee.formats.mime import open_mail
from smtpd_billbee.model.job import Delivered
from smtpd_billbee.model.mail import Arrival, MailState, NotServed, Recipient
from smtpd_billbee.model.shop import import_address
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.send.smtp import Smarthost, SmarthostSettings
from smtpd_billbee.smtp.server import Door, DoorSettings
from smtpd_billbee.store.store import Store
from smtpd_billbee.work import users

SHOP, OWNER, DOMAIN = 12345, "owner@example.org", "inbound.example"
PATIENCE_SECONDS = 60
SAMPLES = Path(__file__).parent / "samples"


class DemoFailed(Error):
    """The demonstration did not come to its end."""


@dataclass
class Mailbox:
    """The owner's mailbox: a door like ours that keeps what it takes in memory."""

    mails: list[Arrival] = field(default_factory=list)

    async def recipient(self, address: str) -> Recipient | NotServed:
        """Everybody is welcome."""
        return Recipient(address)

    def known(self, address: str) -> Recipient | None:
        """Everybody is."""
        return Recipient(address)

    async def accept(self, arrival: Arrival) -> None:
        """Keep it."""
        self.mails.append(arrival)


def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything is shown; else stay up.")] = False,
) -> None:
    """Start everything on free ports with a fresh database, send four sample mails, and show what becomes of them."""
    log.configure(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-demo-") as folder:
        try:
            run(lambda: _demo(folder, once))
        except ExceptionGroup as group:  # what the block within a TaskGroup raises comes out of it wrapped
            raise (group.subgroup(DemoFailed) or group).exceptions[0] from None


async def _demo(folder: str, once: bool) -> None:
    box = Mailbox()
    mailbox = Door(DoorSettings("mailbox.example"), box, now)
    listening = socket.create_server(("127.0.0.1", 0))
    await mailbox.start([listening])
    try:
        config = _config(folder, listening.getsockname()[1])
        async with application.running(config) as up:
            host, port = up.door[0].rsplit(":", 1)
            typer.echo(f"The server is up at {up.door[0]}; its database and settings are in {folder}.")
            typer.echo(f"The shop's import address is {import_address(SHOP, DOMAIN)}; copies go to {OWNER}.\n")
            await _send_samples(host, int(port))
            await _settled(up.store, box)
            await _show(up.store, box)
            await _show_window(up.store, up.window)
            if not once:
                _invite(folder, config, up.door[0])
                await asyncio.Event().wait()
    finally:
        await mailbox.stop(1)
        listening.close()


def _config(folder: str, smarthost_port: int) -> Config:
    shop = ShopSettings(id=SHOP, name="Teeladen", trust="everybody")
    return Config(
        state_dir=folder,
        smtp=SmtpSettings(listen=["127.0.0.1:0"], domains=[DOMAIN]),
        relay=RelaySettings(host="127.0.0.1", port=smarthost_port),
        dns=DnsSettings(timeout=0.2),  # the samples are of nobody: waiting for DNS would show nothing
        web=WebSettings(listen="127.0.0.1:0"),
        accounts=[AccountSettings(email=OWNER, name="Olga Owner", language="de", shops=[shop])],
    )


async def _send_samples(host: str, port: int) -> None:
    client = Smarthost(SmarthostSettings(host, port, "mail.shop.example"))
    for sample in sorted(SAMPLES.glob("*.eml")):
        raw = sample.read_bytes()
        attempt = await client.deliver("no-reply@jimdo.example", import_address(SHOP, DOMAIN), raw)
        typer.echo(f"sent over SMTP: {sample.name} ({len(raw)} bytes): {attempt.reply}")
        if not isinstance(attempt, Delivered):
            raise DemoFailed(f"{sample.name} was not taken: {attempt.reply}")


async def _settled(store: Store, box: Mailbox) -> None:
    """Wait until every mail is read and every copy delivered."""
    expected = len(list(SAMPLES.glob("*.eml")))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(box.mails) < expected or await _unread(store):  # noqa: ASYNC110 - the mailbox rings no bell
                await asyncio.sleep(0.05)
            return
    raise DemoFailed(f"after {PATIENCE_SECONDS} seconds only {len(box.mails)} of {expected} copies had arrived")


async def _unread(store: Store) -> bool:
    async with store.reading() as tx:
        return bool(await tx.mails.list(states=[MailState.RECEIVED, MailState.READING]))


async def _show(store: Store, box: Mailbox) -> None:
    async with store.reading() as tx:
        mails = await tx.mails.list()
        orders = await tx.orders.list()
    typer.echo("\nWhat became of the mails:\n")
    print_mails(list(reversed(mails)))
    typer.echo(f"\n{len(orders)} orders:\n")
    print_orders(list(reversed(orders)))
    typer.echo(f"\n{len(box.mails)} copies delivered to the owner's mailbox:\n")
    bodies = {_body(sample.read_bytes()) for sample in SAMPLES.glob("*.eml")}
    rows = [_copy(mail, bodies) for mail in box.mails]
    print_table(("to", "subject", "bytes", "body"), rows, "No copies.")


async def _show_window(store: Store, address: str) -> None:
    """A user who may see the shop's orders, and where."""
    user = await users.add_user(store, OWNER, UserRole.OWNER, OWNER, "demo", now())
    password = secrets.token_urlsafe(12)
    await users.set_password(store, user.id, password, "demo", now())
    typer.echo(f"\nThe window is at {address}; sign in as {OWNER} with the password {password}")


def _body(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[2]


def _copy(mail: Arrival, sent: Collection[bytes]) -> Sequence[object]:
    subject = open_mail(mail.content).headers["subject"]
    content = mail.content.replace(b"\r\n", b"\n")
    # Nobody has signed the samples: they come attached to a mail of ours.
    same = "attached, as sent" if any(body in content for body in sent) else "changed"
    return mail.recipients[0].address, subject, len(mail.content), same


def _invite(folder: str, config: Config, door: str) -> None:
    file = Path(folder) / "config.toml"
    file.write_text(
        f'state_dir = "{folder}"\n[smtp]\nlisten = ["{door}"]\ndomains = ["{DOMAIN}"]\n'
        f'[relay]\nhost = "127.0.0.1"\nport = {config.relay.port}\n'
    )
    typer.echo(f"\nIt stays up until Ctrl-C. Try, in another terminal: {_command()} --config {file} order list")


def _command() -> str:
    """The command as it can be typed here; in a fresh clone it is on nobody's PATH."""
    program = Path(sys.executable).with_name("smtpd-billbee")
    here = Path.cwd()
    return str(program.relative_to(here) if program.is_relative_to(here) else program)
