"""`doctor`: each question has one line, and advice when the answer is bad."""

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from smtpd_billbee.cli.doctor import MANY_PEERS, _signature, _strangers
from smtpd_billbee.config import Config, DnsSettings, SmtpSettings
from smtpd_billbee.model.mail import MailState, NewMail
from smtpd_billbee.store.store import open_store
from smtpd_billbee.work.signing import create_key, record_strings
from smtpd_billbee.work.spool import Spool
from tests.dns_server import DROP
from tests.dns_server import serving as serving_dns
from tests.making import TO_SHOP, arrival, make_shop
from tests.serving import free_port, run, serving, write_config

QUESTIONS = [
    "Are the settings usable?",
    "Does the database open?",
    "How long are mails kept?",
    "Is every accepted mail filed?",
    "Is there room on the disk?",
    "Is the emergency spool empty?",
    "Does the door answer?",
    "Does the door see who comes?",
    "Do the name servers answer?",
    "Does the smarthost answer?",
    "Are our own mails signed?",
]


def findings(folder: Path) -> tuple[int, dict[str, dict[str, object]]]:
    """The exit status and what was found, by question."""
    done = run(folder, "doctor", "--json")
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


async def test_who_reaches_the_door() -> None:
    """Strangers that a program of this machine hands on look like it, unless it says whose they are."""
    doors = (["127.0.0.1:25"], []), (["127.0.0.1:25", "[::1]:25"], ["127.0.0.1:26"]), (["0.0.0.0:25"], [])
    found = [await _strangers(Config(smtp=SmtpSettings(listen=a, proxy_listen=b))) for a, b in doors]

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
async def test_one_gateway_for_all(tmp_path: Path, peers: list[str], expected: bool) -> None:
    """A container's port mapping gives every mail one private address: nobody can tell who sent it."""
    store = await open_store("", tmp_path, makes=True)
    await make_shop(store)
    async with store.transaction() as tx:
        for number, peer in enumerate(peers):
            came = arrival(f"X-Sample: synthetic\r\n\r\n{number}\r\n".encode())
            came = replace(came, session=replace(came.session, peer=peer))
            await tx.mails.keep([came], [(0, NewMail(TO_SHOP, f"{number}", MailState.ORDER, None))])
    await store.close()
    found = await _strangers(Config(state_dir=str(tmp_path), smtp=SmtpSettings(listen=["0.0.0.0:25"])))

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
    """The other questions are asked all the same."""
    write_config(tmp_path, more='state_dir = "config.toml/var"')
    status, found = findings(tmp_path)
    database = found["Does the database open?"]

    assert (1, QUESTIONS) == (status, list(found))
    assert not database["fine"]
    assert "config.toml/var" in str(database["answer"])
    assert "state_dir" in str(database["advice"])


def test_settings_that_are_wrong(tmp_path: Path) -> None:
    """Then nothing else can be asked."""
    write_config(tmp_path, more='state_dirr = "var"')
    status, found = findings(tmp_path)

    assert (1, QUESTIONS[:1]) == (status, list(found))
    assert "state_dirr: there is no such setting" in str(found[QUESTIONS[0]]["answer"])


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
