"""Without a smarthost: DNS says who takes a domain's mails, and each answer of DNS, TLS and SMTP has its consequence.

The servers are real ones on 127.0.0.0/8, the name server plays a zone.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from smtpd_billbee.app import _courier
from smtpd_billbee.config import Config, RelaySettings
from smtpd_billbee.model.job import Delivered, Later, Never
from smtpd_billbee.send import mta_sts
from smtpd_billbee.send.direct import Direct, DirectSettings
from smtpd_billbee.send.mta_sts import NO_POLICY, Policies, Policy, fetcher, policy_of
from smtpd_billbee.send.mx import Dns, DnsAway, Host, Nowhere, Unanswered
from smtpd_billbee.send.smtp import Smarthost
from tests.dns_server import DROP, SERVFAIL, serving
from tests.sink import DROP as CUT
from tests.sink import Sink, self_signed

SENDER, OWNER, US = "copy+abc.1@inbound.example", "owner@d.example", "mx.inbound.example"
MAIL = b"From: a@shop.example\r\nX-Sample: synthetic\r\n\r\nHallo\r\n"
ZONE = {
    "d.example": {"MX": ["20 second.d.example.", "10 first.d.example."]},
    "first.d.example": {"A": ["127.0.0.1"]},
    "second.d.example": {"A": ["127.0.0.2"]},
    "implicit.example": {"A": ["127.0.0.1"]},
    "null.example": {"MX": ["0 ."]},
    "nothing.example": {"TXT": ['"x"']},
    "ours.example": {"MX": ["10 first.d.example.", f"20 {US}.", "20 second.d.example."]},
    "only-ours.example": {"MX": [f"10 {US}."]},
    "dangling.example": {"MX": ["10 gone.example.", "20 first.d.example."]},
    "broken.example": SERVFAIL,
    "silent.example": DROP,
    "half.example": {"MX": ["10 broken.example."]},
    "lame.example": {"MX": ["10 broken.example.", "20 first.d.example.", "30 silent.example."]},
    "one-sort.example": {"A": ["127.0.0.1"], "AAAA": SERVFAIL},
    "no-sort.example": {"AAAA": SERVFAIL},
    "_mta-sts.lame.example": {"TXT": ['"v=STSv1; id=1;"']},
    "mta-sts.lame.example": SERVFAIL,
    "private.example": {"MX": ["10 inner.example."]},
    "inner.example": {"A": ["10.0.0.1"], "AAAA": ["fd00::1"]},
    "equal.example": {"MX": [f"10 {letter}.equal.example." for letter in "abcd"]},
    **{f"{letter}.equal.example": {"A": ["127.0.0.1"]} for letter in "abcd"},
    "mta-sts.sts.example": {"A": ["127.0.0.1"]},
    "_mta-sts.sts.example": {"TXT": ['"v=STSv1; id=1;"']},
}


@pytest.fixture(scope="module")
def nameserver() -> Iterator[int]:
    """The port of the zone's server."""
    with serving(ZONE) as server:
        yield server.port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For 127.0.0.1 and localhost, signed by nobody."""
    return self_signed(tmp_path_factory.mktemp("tls"))


PATIENT, IMPATIENT = 30.0, 3.0  # seconds; a busy machine may answer late, and only a server that drops is silent


def backwards(records: list[Any]) -> None:
    """What chance does, the same each time."""
    records.sort(reverse=True)


def dns(port: int, allows_private: bool = True, patience: float = PATIENT) -> Dns:
    """The zone; a question takes at most `patience`."""
    return Dns([("127.0.0.1", port)], patience, allows_private=allows_private, shuffle=backwards)


class Fixed:
    """MTA-STS as the test wants it."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    async def of(self, domain: str) -> Policy:
        return self._policy


def direct(port: int, sink: Sink, policy: Policy = NO_POLICY, authorities: Path | None = None) -> Direct:
    """The way out, to servers on the sink's port."""
    settings = DirectSettings(US, sink.port, PATIENT, PATIENT, PATIENT, PATIENT)
    context = ssl.create_default_context(cafile=authorities)
    return Direct(settings, dns(port), Fixed(policy), context)  # type: ignore[arg-type]


@contextlib.asynccontextmanager
async def two(**settings: object) -> AsyncIterator[tuple[Sink, Sink]]:
    """The first and the second server of the domain."""
    async with Sink(**settings) as first, Sink(address="127.0.0.2", port=first.port, **settings) as second:
        yield first, second


async def test_the_first(nameserver: int) -> None:
    """The server of the lowest preference gets it, from our name and our sender."""
    async with two() as (first, second):
        attempt = await direct(nameserver, first).deliver(SENDER, OWNER, MAIL)

    assert Delivered("250 2.0.0 taken as 1") == attempt
    assert [(SENDER, OWNER, US, False)] == [(one.sender, one.recipient, one.helo, one.tls) for one in first.mails]
    assert [] == second.mails


@pytest.mark.parametrize(("stage", "reply"), [("CONNECT", CUT), ("MAIL", "451 4.3.0 busy"), ("CONNECT", "554 no")])
async def test_the_second(nameserver: int, stage: str, reply: str) -> None:
    """RFC 5321 5.1: where the first cannot be reached or refuses for now, the next one is tried."""
    async with two() as (first, second):
        first.refuse(stage, reply, times=None)
        attempt = await direct(nameserver, first).deliver(SENDER, OWNER, MAIL)

    assert isinstance(attempt, Delivered)
    assert (0, 1) == (len(first.mails), len(second.mails))


async def test_refused(nameserver: int) -> None:
    """A refusal for good is one, whoever stands behind; one for now is told with the server's name."""
    async with two() as (first, second):
        first.refuse("RCPT", "550 5.1.1 unknown")
        never = await direct(nameserver, first).deliver(SENDER, OWNER, MAIL)
        for each in (first, second):
            each.refuse("RCPT", "450 4.2.0 later")
        later = await direct(nameserver, first).deliver(SENDER, OWNER, MAIL)

    assert (Never("550 5.1.1 unknown"), Later("second.d.example: 450 4.2.0 later")) == (never, later)
    assert [] == second.mails


async def test_nobody_there(nameserver: int) -> None:
    """A closed port is a try for that domain, and says nothing about others."""
    async with Sink() as sink:
        pass
    attempt = await direct(nameserver, sink).deliver(SENDER, OWNER, MAIL)

    assert isinstance(attempt, Later)
    assert (False, True) == (attempt.for_all, attempt.reply.startswith("second.d.example: 4.4.1 "))


async def test_dns_that_does_not_answer(nameserver: int) -> None:
    """It is tried again, and is called a trouble of the directory (RFC 3463 3.5)."""
    async with Sink() as sink:
        attempt = await direct(nameserver, sink).deliver(SENDER, "owner@broken.example", MAIL)

    assert Later("4.4.3 its mail servers are not known: no name server could answer") == attempt


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("d.example", [Host("first.d.example", ("127.0.0.1",)), Host("second.d.example", ("127.0.0.2",))]),
        ("implicit.example", [Host("implicit.example", ("127.0.0.1",))]),
        ("null.example", Nowhere("the domain of the address takes no mails")),
        ("nothing.example", Nowhere("the domain of the address has no mail server that can be reached")),
        ("missing.example", Nowhere("the domain of the address does not exist")),
        ("ours.example", [Host("first.d.example", ("127.0.0.1",))]),
        ("only-ours.example", Nowhere("we are the mail server of the domain of the address ourselves")),
        ("broken.example", Unanswered("its mail servers are not known: no name server could answer")),
        ("silent.example", Unanswered("its mail servers are not known: no name server answered in time")),
        ("half.example", Unanswered("its mail servers are not known: no name server could answer")),
        ("lame.example", [Host("first.d.example", ("127.0.0.1",))]),
        ("one-sort.example", [Host("one-sort.example", ("127.0.0.1",))]),
        ("no-sort.example", Unanswered("its mail servers are not known: no name server could answer")),
        ("a" * 64 + ".example", Nowhere("the domain of the address cannot be looked up")),
    ],
)
async def test_hosts(nameserver: int, domain: str, expected: object) -> None:
    """RFC 5321 5.1 and RFC 7505; only what DNS says for certain is for good."""
    patience = IMPATIENT if domain in ("silent.example", "lame.example") else PATIENT
    assert expected == await dns(nameserver, patience=patience).hosts(domain, US)


async def test_a_dangling_server(nameserver: int) -> None:
    """A server that does not exist is passed over."""
    hosts = await dns(nameserver).hosts("dangling.example", US)

    assert isinstance(hosts, list)
    assert ["first.d.example"] == [host.name for host in hosts]


async def test_equal_preferences(nameserver: int) -> None:
    """They share the load: the order is chance's."""
    hosts = await dns(nameserver).hosts("equal.example", US)

    assert isinstance(hosts, list)
    assert {"a", "b", "c", "d"} == {host.name[0] for host in hosts}
    assert "dcba" == "".join(host.name[0] for host in hosts)


async def test_private_addresses(nameserver: int) -> None:
    """Whoever owns a domain cannot have us talk to machines behind our firewall."""
    assert isinstance(await dns(nameserver, allows_private=False).hosts("private.example", US), Nowhere)
    assert isinstance(await dns(nameserver, allows_private=False).hosts("d.example", US), Nowhere)
    hosts = await dns(nameserver).hosts("private.example", US)
    assert [Host("inner.example", ("10.0.0.1", "fd00::1"))] == hosts


async def test_literals(nameserver: int) -> None:
    """Mails to a machine's address go nowhere."""
    async with Sink() as sink:
        assert isinstance(await direct(nameserver, sink).deliver(SENDER, "owner@[127.0.0.1]", MAIL), Never)


async def test_tls_where_it_is_offered(nameserver: int, certificate: tuple[Path, Path]) -> None:
    """A certificate of nobody is good enough where nothing is promised (RFC 7435)."""
    async with Sink(tls="starttls", certificate=certificate) as sink:
        attempt = await direct(nameserver, sink).deliver(SENDER, OWNER, MAIL)

    assert isinstance(attempt, Delivered)
    assert [True] == [taken.tls for taken in sink.mails]


class BrokenTls(Sink):
    """Offers STARTTLS and cannot do it."""

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # type: ignore[no-untyped-def]
        lines = await super().handle_EHLO(server, session, envelope, hostname, responses)
        return [lines[0], "250-STARTTLS", *lines[1:]] if lines else lines


async def test_tls_that_is_broken(nameserver: int) -> None:
    """Where TLS does not come about the mail goes without; where the domain asks for it, it waits."""
    async with BrokenTls() as sink, Sink(address="127.0.0.2", port=sink.port) as second:
        plain = await direct(nameserver, sink).deliver(SENDER, OWNER, MAIL)
        policy = Policy(True, ("first.d.example",), 60)
        enforced = await direct(nameserver, sink, policy).deliver(SENDER, OWNER, MAIL)

    assert isinstance(plain, Delivered)
    assert [False] == [taken.tls for taken in sink.mails]
    assert isinstance(enforced, Later)
    assert [] == second.mails


async def test_mta_sts(nameserver: int, certificate: tuple[Path, Path]) -> None:
    """RFC 8461 5: only servers that the policy names, by TLS that holds; a certificate of another name does not."""
    policy = Policy(True, ("first.d.example", "*.elsewhere.example"), 60)
    async with Sink(tls="starttls", certificate=certificate) as sink:
        other_name = await direct(nameserver, sink, policy, certificate[0]).deliver(SENDER, OWNER, MAIL)
    async with Sink() as without:
        no_tls = await direct(nameserver, without, policy).deliver(SENDER, OWNER, MAIL)
        unnamed = await direct(nameserver, without, Policy(True, ("x.example",), 60)).deliver(SENDER, OWNER, MAIL)

    assert isinstance(other_name, Later)
    assert "certificate" in other_name.reply.lower()
    assert (
        Later("first.d.example: the recipient's mail server offers no STARTTLS, and its domain (MTA-STS) asks for it")
        == no_tls
    )
    assert Later("none of the mail servers is one that the domain's MTA-STS policy names") == unnamed
    assert [] == sink.mails == without.mails


def test_names_in_a_policy() -> None:
    """RFC 8461 4.1: a star is one label."""
    policy = Policy(True, ("mx.example.org", "*.mail.example.org"), 60)

    names = ("MX.example.org", "a.mail.example.org", "a.b.mail.example.org", "mail.example.org", "example.org")
    assert [True, True, False, False, False] == [policy.allows(name) for name in names]
    assert Policy(False, ("mx.example.org",), 60).allows("anything.example")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("version: STSv1\r\nmode: enforce\r\nmx: A.example\r\nmx: *.b.example\r\nmax_age: 604800\r\n",
         Policy(True, ("a.example", "*.b.example"), 604_800)),
        ("version: STSv1\nmode: testing\nmx: a.example\nmax_age: 60\nnew_field: x", Policy(False, ("a.example",), 60)),
        ("version: STSv1\nmode: none\nmax_age: 60", Policy(False, (), 60)),
        ("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 9999999999", Policy(True, ("a.example",), 31_557_600)),
        ("version: STSv1\nmode: enforce\nmax_age: 60", None),
        ("version: STSv2\nmode: none\nmax_age: 60", None),
        ("version: STSv1\nmode: enforce\nmx: a.example\nmax_age: -1", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_policy_as_text(text: str, expected: Policy | None) -> None:
    """RFC 8461 3.2."""
    assert expected == policy_of(text)


class Played:
    """DNS and the policy's file, as the test has them; seconds, too."""

    def __init__(self) -> None:
        self.records: list[str] | None = ["v=STSv1; id=1;"]
        self.text: str | None = "version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 60\n"
        self.now, self.fetched = 0.0, 0

    async def texts(self, name: str) -> list[str]:
        if self.records is None:
            raise DnsAway
        return self.records

    async def addresses(self, host: str) -> tuple[str, ...]:
        return ("192.0.2.1",)

    async def fetch(self, host: str, address: str) -> str:
        self.fetched += 1
        if self.text is None:
            raise OSError
        return self.text


async def test_a_policy_is_kept() -> None:
    """It is fetched once for each id, and holds until it ends, though DNS or its server be away (RFC 8461 5.1)."""
    world = Played()
    policies = Policies(world, lambda: world.now, world.fetch)  # type: ignore[arg-type]
    seen = [await policies.of("d.example"), await policies.of("d.example")]
    world.records = None
    seen.append(await policies.of("d.example"))
    world.records, world.text = ["v=STSv1; id=2;"], None
    seen.append(await policies.of("d.example"))
    world.now = 61.0
    ended = await policies.of("d.example")

    assert [Policy(True, ("a.example",), 60)] * 4 == seen
    assert NO_POLICY == ended
    assert 3 == world.fetched


@pytest.mark.parametrize("records", [[], ["v=STSv1; id=;"], ["v=STSv1; id=1", "v=STSv1; id=2"], ["v=spf1 -all"]])
async def test_no_policy(records: list[str]) -> None:
    """RFC 8461 3.1: one record with an id, or none at all."""
    world = Played()
    world.records = records
    policies = Policies(world, lambda: 0.0, world.fetch)  # type: ignore[arg-type]

    assert NO_POLICY == await policies.of("d.example")
    assert 0 == world.fetched


async def test_a_policy_that_nobody_can_fetch(nameserver: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 8461 3.3: a host that DNS does not tell, or that sends for ever, holds no mail up."""
    monkeypatch.setattr(mta_sts, "WHOLE_SECONDS", 0.1)

    async def never(host: str, address: str) -> str:
        await asyncio.sleep(30)
        return ""

    policies = Policies(dns(nameserver), lambda: 0.0, never)

    assert [NO_POLICY, NO_POLICY] == [await policies.of(domain) for domain in ("lame.example", "sts.example")]


async def test_fetching(certificate: tuple[Path, Path]) -> None:
    """By verified TLS from the very address that was looked up, with the host's name; nothing else is a policy."""
    asked: list[bytes] = []
    answers = [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 14\r\n\r\nversion: STSv1",
        b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70_000,
    ]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(answers.pop(0))
            await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        fetch = fetcher(port, ssl.create_default_context(cafile=certificate[0]))
        found = await fetch("localhost", "127.0.0.1")
        for _ in range(3):
            with pytest.raises(ValueError):
                await fetch("localhost", "127.0.0.1")
        with pytest.raises(httpx.ConnectError, match=r"(?i)hostname mismatch"):
            await fetch("mta-sts.d.example", "127.0.0.1")

    assert "version: STSv1" == found
    assert b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: localhost\r\n" in asked[0]


def test_the_settings_choose_the_way() -> None:
    """`relay.mode` says whether there is a smarthost."""
    ways = [_courier(Config(relay=RelaySettings(mode=mode))) for mode in ("smarthost", "direct")]

    assert [Smarthost, Direct] == [type(way) for way in ways]
