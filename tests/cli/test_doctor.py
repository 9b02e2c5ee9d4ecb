"""`doctor`: each question has one line, and advice when the answer is bad."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from smtpd_billbee.cli import doctor_database
from smtpd_billbee.cli.doctor import MANY_PEERS, _signature, _strangers
from smtpd_billbee.clock import now
from smtpd_billbee.config import Config, DnsSettings, SmtpSettings
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.store.database_server import Connections, DatabaseServer
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.work.signing import create_key, record_strings
from smtpd_billbee.work.spool import Spool
from tests.databases import fresh_database
from tests.dns_server import DROP
from tests.dns_server import serving as serving_dns
from tests.making import TO_SHOP, arrival, make_shop
from tests.serving import free_port, run, serving, write_config

QUESTIONS = [
    "Are the settings usable?",
    "Does the database open?",
    "How long are mails kept?",
    "Is every accepted mail filed?",
    "Are mails read?",
    "Are copies sent?",
    "Is there room on the disk?",
    "Is the emergency spool empty?",
    "Does the door answer?",
    "Does the door see who comes?",
    "Do the name servers answer?",
    "Does the smarthost answer?",
    "Are our own mails signed?",
]
OF_DATABASE = QUESTIONS[2:6]
OF_POSTGRESQL = ["Do the clocks agree?", "Has PostgreSQL connections enough?"]
DISK, DOOR, DNS, SENDING = QUESTIONS[6:8], QUESTIONS[8:10], QUESTIONS[10:11], QUESTIONS[11:]


def findings(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit status and what was found, by question."""
    done = run(folder, "doctor", "--json", *options)
    return done.returncode, {each["question"]: each for each in json.loads(done.stdout)}


def test_all_is_well(tmp_path: Path) -> None:
    """With a server, a smarthost and DNS, every answer is fine and the status 0; another server plays the smarthost."""
    for name in ("smarthost", "ours"):
        (tmp_path / name).mkdir()
    ours = tmp_path / "ours"
    write_config(tmp_path / "smarthost")
    with serving(tmp_path / "smarthost", "--only", "door") as smarthost, serving_dns({}) as dns:
        write_config(ours, free_port(), smarthost.port)
        _ask(ours, dns.port)
        with serving(ours):
            status, found = findings(ours)
            text = run(ours, "doctor").stdout

    assert (0, QUESTIONS) == (status, list(found))
    assert len(QUESTIONS) == len(text.splitlines())
    assert all(line.startswith("ok ") for line in text.splitlines())


def _ask(folder: Path, port: int) -> None:
    """That name server and no other."""
    file = folder / "config.toml"
    file.write_text(file.read_text().replace("[dns]", f'[dns]\nnameservers = ["127.0.0.1:{port}"]'))


def test_name_servers_that_are_silent(tmp_path: Path) -> None:
    """Then nothing can be proved, and doctor says so; a domain that they do not know is an answer."""
    write_config(tmp_path)
    with serving_dns({"jimdo.com": DROP}) as dns:
        _ask(tmp_path, dns.port)
        status, found = findings(tmp_path)
    names = found["Do the name servers answer?"]

    assert (1, False, "not about jimdo.com") == (status, names["fine"], names["answer"])
    assert "look at [dns]" in str(names["advice"])


def test_who_reaches_the_door() -> None:
    """Strangers that a program of this machine hands on look like it, unless it says whose they are."""
    doors = (["127.0.0.1:25"], []), (["127.0.0.1:25", "[::1]:25"], ["127.0.0.1:26"]), (["0.0.0.0:25"], [])
    found = [_strangers(Config(smtp=SmtpSettings(listen=a, proxy_listen=b)), ()) for a, b in doors]

    assert [True, False, False] == ["PROXY" in each.advice for each in found]


@pytest.mark.parametrize(
    ("peers", "expected"),
    [
        (["172.17.0.1"] * MANY_PEERS, True),
        (["fd00::1"] * MANY_PEERS, True),
        (["172.17.0.1"] * (MANY_PEERS - 1), False),
        ([*["172.17.0.1"] * (MANY_PEERS - 1), "198.51.100.7"], False),
        (["203.0.114.7"] * MANY_PEERS, False),
    ],
)
def test_one_gateway_for_all(peers: list[str], expected: bool) -> None:
    """A container's port mapping gives every mail one private address: nobody can tell who sent it."""
    found = _strangers(Config(smtp=SmtpSettings(listen=["0.0.0.0:25"])), peers)

    assert expected == (peers[0] in found.answer)
    assert expected == ("proxy_listen" in found.advice)


def test_mails_in_the_spool(tmp_path: Path) -> None:
    """Mails that wait are counted, and a file that cannot be read is named with where it is."""
    write_config(tmp_path)
    spool = Spool(tmp_path / "var" / "spool")
    spool.folder.parent.mkdir()
    spool.keep(arrival())
    (file,) = spool.waiting()
    os.utime(file, (0, 0))
    waiting = findings(tmp_path)[1]["Is the emergency spool empty?"]
    spool.set_aside(file)
    unreadable = findings(tmp_path)[1]["Is the emergency spool empty?"]

    assert (False, False) == (waiting["fine"], unreadable["fine"])
    assert "1 mail waits for the database, the oldest since 1970-01-01 00:00 UTC" == waiting["answer"]
    assert "1 of its files cannot be read" == unreadable["answer"]
    assert "spool/unreadable" in str(unreadable["advice"])


@pytest.mark.parametrize(("many", "said"), [(1, "1 mail waits for it"), (2, "2 mails wait for it")])
def test_mails_that_are_not_filed(tmp_path: Path, many: int, said: str) -> None:
    """What is put aside and stays there is told."""
    write_config(tmp_path)
    asyncio.run(_put_aside(tmp_path / "var", [b"no mail at all"] * many))
    found = findings(tmp_path)[1]["Is every accepted mail filed?"]

    assert (False, said) == (found["fine"], found["answer"])


async def _put_aside(state_dir: Path, octets: Sequence[bytes]) -> None:
    store = await open_store("", state_dir)
    async with store.transaction() as tx:
        await tx.arrivals.add(octets)
    await store.close()


def test_a_door_that_is_shut(tmp_path: Path) -> None:
    """Without a server the port is named, with what to do."""
    port = free_port()
    write_config(tmp_path, port)
    status, found = findings(tmp_path)
    door = found["Does the door answer?"]

    assert 1 == status
    assert (False, f"127.0.0.1:{port} cannot be reached: Connection refused") == (door["fine"], door["answer"])
    assert "smtpd-billbee serve" in str(door["advice"])


def test_somebody_else_at_the_door(tmp_path: Path) -> None:
    """A port that answers, but not as a mail server does, is no door."""
    import http.server
    import threading

    class Shy(http.server.BaseHTTPRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"HTTP/1.0 400 Bad Request\r\n")

    with http.server.HTTPServer(("127.0.0.1", 0), Shy) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        write_config(tmp_path, other.server_address[1])
        _, found = findings(tmp_path)
        other.shutdown()

    assert str(found["Does the door answer?"]["answer"]).endswith("answers, but not like a mail server")


def test_a_database_that_does_not_open(tmp_path: Path) -> None:
    """What is not of the database is asked all the same."""
    write_config(tmp_path, more='state_dir = "config.toml/var"')
    status, found = findings(tmp_path)
    database = found["Does the database open?"]

    assert (1, [each for each in QUESTIONS if each not in OF_DATABASE]) == (status, list(found))
    assert not database["fine"]
    assert "config.toml/var" in str(database["answer"])
    assert "state_dir" in str(database["advice"])


def test_settings_that_are_wrong(tmp_path: Path) -> None:
    """Then nothing else can be asked."""
    write_config(tmp_path, more='state_dirr = "var"')
    status, found = findings(tmp_path)

    assert (1, QUESTIONS[:1]) == (status, list(found))
    assert "state_dirr: there is no such setting" in str(found[QUESTIONS[0]]["answer"])


@pytest.fixture
def shared(postgresql_server: str) -> str:
    """An empty database on PostgreSQL, for several nodes."""
    return asyncio.run(fresh_database(postgresql_server))


@pytest.mark.parametrize(
    ("only", "asked"),
    [
        ("door", [*DISK, *DOOR]),
        ("reading", DNS),
        ("relaying", [*DNS, *SENDING]),
        ("window", SENDING),
        ("door,reading", [*DISK, *DOOR, *DNS]),
    ],
)
def test_a_node_with_some_roles(shared: str, tmp_path: Path, only: str, asked: list[str]) -> None:
    """What does not concern a node is not asked there: one that only reads has no door that could answer."""
    write_config(tmp_path, more=f'database = "{shared}"')
    _, found = findings(tmp_path, "--only", only)

    assert [*QUESTIONS[:2], *OF_POSTGRESQL, *OF_DATABASE, *asked] == list(found)
    if DOOR[0] in asked:
        assert "doctor --only reading,relaying" in str(found[DOOR[0]]["advice"])


def test_a_role_that_there_is_not(tmp_path: Path) -> None:
    """As for `serve`."""
    write_config(tmp_path)
    done = run(tmp_path, "doctor", "--only", "reader")

    assert (2, True) == (done.returncode, "the roles are door, reading, relaying, window" in done.stderr)


@pytest.mark.parametrize("late", [False, True])
async def test_nobody_reads_and_nobody_sends(store: Store, late: bool) -> None:
    """Over all nodes: mails or copies that wait for longer than a busy hour explains are told, with since when."""
    await make_shop(store)
    came = now() - timedelta(minutes=10 if late else 1)
    async with store.transaction() as tx:
        new = NewMail(TO_SHOP, "checksum", MailState.RECEIVED, came)
        (mail,) = await tx.mails.keep([arrival(b"X-Sample: synthetic\r\n\r\n")], [(0, new)])
        await tx.jobs.add([NewJob(JobKind.COPY, "owner@example.org", came, came, mail)])
    found = [await doctor_database.read(Config(), store), await doctor_database.sent(Config(), store)]

    assert [not late] * 2 == [each.fine for each in found]
    assert [late] * 2 == [f"wait since {came:%Y-%m-%d %H:%M} UTC" in each.answer for each in found]
    assert not late or ["role reading" in found[0].advice, "role relaying" in found[1].advice] == [True, True]


@pytest.mark.parametrize(("seconds", "said"), [(0, "yes"), (-7, "7 seconds behind"), (60, "60 seconds ahead of")])
async def test_clocks(shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int, said: str) -> None:
    """A node whose clock differs takes what another one holds."""
    monkeypatch.setattr(doctor_database, "now", lambda: now() + timedelta(seconds=seconds))
    store = await open_store(shared, tmp_path)
    found = await doctor_database.clocks(Config(), store)
    await store.close()

    assert (seconds == 0, True) == (found.fine, said in found.answer)


@pytest.mark.parametrize(
    ("most", "nodes", "others", "fine", "advised"),
    [(97, 0, 0, True, False), (97, 3, 5, True, False), (97, 4, 5, True, True), (97, 5, 0, False, True)],
)
async def test_connections(
    shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    most: int, nodes: int, others: int, fine: bool, advised: bool,
) -> None:  # fmt: skip
    """PostgreSQL's 100 are too few for five nodes in a rush, though all is well as long as it is quiet."""

    async def told(_: DatabaseServer) -> Connections:
        return Connections(most, nodes, others)

    monkeypatch.setattr(DatabaseServer, "connections", told)
    store = await open_store(shared, tmp_path)
    found = await doctor_database.connections(Config(), store)
    await store.close()

    assert (fine, advised) == (found.fine, "max_connections" in found.advice)


async def test_our_key(tmp_path: Path) -> None:
    """No key is no fault; one that DNS does not have, or has another of, is; the record that is set ends it."""
    state = str(tmp_path)
    without = await _signature(Config(state_dir=state))
    key = create_key(state, "mail.example", "s1", force=False)
    zones = {
        "yes, DNS has the key": {key.name: {"TXT": [" ".join(f'"{each}"' for each in record_strings(key.record))]}},
        "DNS has another key": {key.name: {"TXT": ['"v=DKIM1; k=rsa; p=AAAA"']}},
        "DNS does not have the key": {},
        "DNS did not answer": {key.name: "SERVFAIL"},
    }
    found = {}
    for answer, zone in zones.items():
        with serving_dns(zone) as server:
            config = Config(state_dir=state, dns=DnsSettings(nameservers=[f"127.0.0.1:{server.port}"]))
            found[answer] = await _signature(config)

    assert (True, "no, there is no key") == (without.fine, without.answer)
    assert [f"{key.name}: {answer}" for answer in zones] == [each.answer for each in found.values()]
    assert [True, False, False, False] == [each.fine for each in found.values()]
    assert "dkim show" in found["DNS does not have the key"].advice
