"""doctor: is everything as it should be?  One line each: question, answer, advice."""

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path

import typer

from smtpd_billbee import preflight
from smtpd_billbee.app import Role
from smtpd_billbee.auth.published import Published, answers, published
from smtpd_billbee.cli import doctor_database
from smtpd_billbee.cli.context import AsJson, opened, print_json, run
from smtpd_billbee.cli.finding import Finding
from smtpd_billbee.cli.roles import Only, roles_of
from smtpd_billbee.config import Config
from smtpd_billbee.errors import Error, plain_words
from smtpd_billbee.store.store import Store
from smtpd_billbee.values import split_listen, split_nameserver
from smtpd_billbee.work.origins import is_of_here as is_loopback
from smtpd_billbee.work.signing import key_in
from smtpd_billbee.work.spool import ASIDE, Spool
from smtpd_billbee.work.spool import FOLDER as SPOOL

MANY_PEERS = 50  # mails that all come from one address come from a gateway


def doctor(context: typer.Context, only: Only = None, as_json: AsJson = False) -> None:
    """Look at config, database, disk and ports.  Exit status 1 when something is not fine.

    On a node that has some roles only, name them as for `serve`: what does not concern it is not asked.
    """
    roles = roles_of(only)
    findings = run(lambda: _examine(context, roles))
    if as_json:
        print_json([{name: getattr(each, name) for name in Finding.__dataclass_fields__} for each in findings])
    else:
        for each in findings:
            advice = f" -> {each.advice}" if each.advice else ""
            typer.echo(f"{'ok ' if each.fine else 'BAD'} {each.question} {each.answer}{advice}")
    if not all(each.fine for each in findings):
        raise typer.Exit(1)


async def _examine(context: typer.Context, roles: frozenset[Role]) -> list[Finding]:
    try:
        config = context.obj.config
        preflight.check(config)
    except Error as error:
        return [Finding("Are the settings usable?", str(error), False, "mend the file; see `config example`")]
    findings = [Finding("Are the settings usable?", "yes", True)]
    try:
        store = await opened(config)
    except Error as error:
        return [*findings, _shut(config, error), *await _of_node(config, roles, [])]
    try:
        findings.append(_open(config, store))
        if config.database:
            findings += [await doctor_database.clocks(config, store), await doctor_database.connections(config, store)]
        findings += [await check(config, store) for check in _OF_DATABASE]
        async with store.reading() as tx:
            peers = await tx.mails.peers(MANY_PEERS)
    finally:
        await store.close()
    return findings + await _of_node(config, roles, peers)


_OF_DATABASE = (doctor_database.kept, doctor_database.filed, doctor_database.read, doctor_database.sent)


async def _of_node(config: Config, roles: frozenset[Role], peers: Sequence[str]) -> list[Finding]:
    """What concerns this machine, by its roles; a node without a door keeps nothing on its disk."""
    findings = []
    if Role.DOOR in roles or not config.database:
        findings += [_disk(config), _spool(config)]
    if Role.DOOR in roles:
        findings += [await _ports(config), _strangers(config, peers)]
    if roles & {Role.READING, Role.RELAYING}:
        findings.append(await _names(config))
    if roles & {Role.RELAYING, Role.WINDOW}:  # the window sends mails of our own
        findings += [await _smarthost(config), await _signature(config)]
    return findings


def _shut(config: Config, error: Error) -> Finding:
    setting = "database" if config.database else "state_dir"
    return Finding("Does the database open?", str(error), False, f"look at `{setting}` in the settings")


def _open(config: Config, store: Store) -> Finding:
    old = not config.database and sqlite3.sqlite_version_info < (3, 51, 3)
    # sqlite.org/wal.html#walresetbug: only two connections that checkpoint at once meet it, and only one does here.
    advice = f"SQLite {sqlite3.sqlite_version} is old; 3.51.3 is better" if old else ""
    return Finding("Does the database open?", f"yes, {store.where}", True, advice)


def _disk(config: Config) -> Finding:
    question = "Is there room on the disk?"
    free = shutil.disk_usage(_existing(config.state_dir)).free
    enough = free > max(10 * config.smtp.max_size, 1 << 30)
    advice = "" if enough else "make room: below 1 GiB mails may have to be refused for now"
    return Finding(question, f"{free >> 20} MiB are free", enough, advice)


def _spool(config: Config) -> Finding:
    question = "Is the emergency spool empty?"
    folder = Path(config.state_dir) / SPOOL
    state = Spool(folder).state()
    if state.unreadable:
        answer = f"{state.unreadable} of its files cannot be read"
        return Finding(question, answer, False, f"look at {folder / ASIDE}: they were accepted mails")
    if state.oldest is None:
        return Finding(question, "yes", True)
    mails = "1 mail waits" if state.waiting == 1 else f"{state.waiting} mails wait"
    answer = f"{mails} for the database, the oldest since {state.oldest:%Y-%m-%d %H:%M} UTC"
    return Finding(question, answer, False, "`serve` takes them in as soon as the database can be written")


def _existing(folder: str) -> Path:
    path = Path(folder).absolute()
    return next(parent for parent in (path, *path.parents) if parent.exists())


async def _ports(config: Config) -> Finding:
    question = "Does the door answer?"
    answers = [f"{text} {await _greeting(*split_listen(text))}" for text in config.smtp.listen]
    fine = all(answer.endswith("answers") for answer in answers)
    advice = "start it: smtpd-billbee serve"
    if config.database:
        advice += "; or has this node no door? Then ask with its roles: doctor --only reading,relaying"
    return Finding(question, ", ".join(answers), fine, "" if fine else advice)


def _strangers(config: Config, peers: Sequence[str]) -> Finding:
    """A program that hands connections on without saying whose makes every stranger look like this machine."""
    question = "Does the door see who comes?"
    if (gateway := _one_for_all(peers)) and not config.smtp.proxy_listen:
        answer = f"the last {MANY_PEERS} mails all came from {gateway}, an address of your own network"
        advice = "whatever hands them on hides who sent them, and SPF proves nothing: let it speak PROXY to"
        return Finding(question, answer, True, f"{advice} smtp.proxy_listen, or give the container the host's network")
    hosts = {split_listen(text)[0] for text in config.smtp.listen}
    if config.smtp.proxy_listen or not all(is_loopback(host) for host in hosts):
        return Finding(question, "yes", True)
    answer = "only programs of this machine reach it"
    advice = "if one of them hands on what comes from outside, let it speak PROXY to smtp.proxy_listen: else every"
    return Finding(question, answer, True, f"{advice} stranger passes for this machine")


def _one_for_all(peers: Sequence[str]) -> str:
    """The private address from which every mail came: a container's gateway, or a forwarder of one's own; else ''."""
    if len(peers) < MANY_PEERS or len(set(peers)) > 1:
        return ""
    return peers[0] if _is_of_own_network(peers[0]) else ""


def _is_of_own_network(peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return (address.is_private or address.is_link_local) and not address.is_loopback


async def _names(config: Config) -> Finding:
    """Without DNS nothing is proved, and every order waits."""
    question = "Do the name servers answer?"
    domain = config.trust.domains[0] if config.trust.domains else config.sender_domain
    nameservers = [split_nameserver(text) for text in config.dns.nameservers]
    if await asyncio.to_thread(answers, domain, nameservers, min(config.dns.timeout, 5.0)):
        return Finding(question, f"yes, about {domain}", True)
    advice = "look at [dns]: nameservers, timeout; until then no mail is proved, and orders wait or are marked"
    return Finding(question, f"not about {domain}", False, advice)


async def _smarthost(config: Config) -> Finding:
    question = "Does the smarthost answer?"
    if config.relay.mode == "direct":
        return Finding(question, "there is none: copies go to the mail servers of their domains", True)
    host, port = config.relay.host, config.relay.port
    answer = await _greeting(host, port, greets=config.relay.tls != "tls")
    fine = answer == "answers"
    return Finding(question, f"{host}:{port} {answer}", fine, "" if fine else "look at [relay]: host, port, tls")


_PUBLISHED = {
    Published.YES: ("yes, DNS has the key", ""),
    Published.NOT_THERE: ("DNS does not have the key", "set the record that `dkim show` prints"),
    Published.DIFFERENT: ("DNS has another key", "set the record that `dkim show` prints"),
    Published.UNKNOWN: ("DNS did not answer", "look at [dns]: nameservers, timeout"),
}


async def _signature(config: Config) -> Finding:
    question = "Are our own mails signed?"
    try:
        key = key_in(config.state_dir)
    except Error as error:
        return Finding(question, str(error), False, "")
    if key is None:  # it works without; mailboxes trust it less
        return Finding(question, "no, there is no key", True, "make one: smtpd-billbee dkim create")
    nameservers = [split_nameserver(text) for text in config.dns.nameservers]
    found = await asyncio.to_thread(published, key, nameservers, min(config.dns.timeout, 5.0))
    answer, advice = _PUBLISHED[found]
    return Finding(question, f"{key.name}: {answer}", found is Published.YES, advice)


async def _greeting(host: str, port: int, greets: bool = True) -> str:
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, port)
            greeting = await reader.readline() if greets else b"220"
            writer.close()
    except TimeoutError:
        return "does not answer within 5 seconds"
    except OSError as error:
        return f"cannot be reached: {plain_words(error)}"
    return "answers" if greeting.startswith(b"220") else "answers, but not like a mail server"
