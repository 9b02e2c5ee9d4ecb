"""The resolver: what DNS answers, what its silence costs, and what it is never asked."""

import time
from collections.abc import Iterator
from contextlib import closing

import dns.asyncresolver
import dns.resolver
import pytest

from smtpd_billbee.auth.lookup import LookupFailed, texts
from smtpd_billbee.auth.resolving import Resolver
from tests.dns_server import DROP, SERVFAIL, Server, serving

ZONE = {
    "shop.test": {"TXT": ['"v=spf1 " "-all"', '"other"'], "A": ["192.0.2.1"], "MX": ["10 mx.shop.test."]},
    "1.2.0.192.in-addr.arpa": {"PTR": ["host.shop.test."]},
    "broken.test": SERVFAIL,
    "silent.test": DROP,
    "a.silent.test": DROP,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(ZONE) as server:
        yield server


@pytest.fixture
def resolver(server: Server) -> Iterator[Resolver]:
    server.asked.clear()
    with closing(Resolver([("127.0.0.1", server.port)], 0.6)) as resolver:
        yield resolver


def test_answers(resolver: Resolver) -> None:
    """Each kind as lookup.py promises it; what does not exist has no records."""
    ask = resolver.asking()

    assert [b"v=spf1 -all", b"other"] == sorted(texts(ask, "Shop.test."), reverse=True)
    assert ["192.0.2.1"] == ask("shop.test", "A")
    assert [(10, "mx.shop.test")] == ask("shop.test", "MX")
    assert ["host.shop.test"] == ask("1.2.0.192.in-addr.arpa", "PTR")
    assert [] == ask("shop.test", "AAAA")
    assert [] == ask("nobody.test", "A")


def test_remembered(resolver: Resolver, server: Server) -> None:
    """The next mail asks nobody for what is known."""
    for _ in range(3):
        texts(resolver.asking(), "shop.test")
        assert [] == resolver.asking()("nobody.test", "TXT")

    assert ["shop.test TXT", "nobody.test TXT"] == server.asked


def test_failures(resolver: Resolver) -> None:
    """A server's failure is told as that, and not as 'there is nothing'."""
    with pytest.raises(LookupFailed):
        resolver.asking()("broken.test", "TXT")


def test_silence(resolver: Resolver, server: Server) -> None:
    """One deadline for all questions of a mail; then the domain is left alone, and others still get their answers."""
    begun = time.monotonic()
    ask = resolver.asking()
    ask.expect([("silent.test", "TXT"), ("a.silent.test", "TXT"), ("shop.test", "TXT")])
    for name in ("silent.test", "a.silent.test"):
        with pytest.raises(LookupFailed):
            ask(name, "TXT")
    with pytest.raises(LookupFailed):  # time is up, even for those who would answer
        ask("shop.test", "A")

    assert 0.5 < time.monotonic() - begun < 5
    assert 2 == len(texts(ask, "shop.test"))
    server.asked.clear()
    with pytest.raises(LookupFailed):
        resolver.asking()("b.silent.test", "TXT")
    assert [] == server.asked


def test_haste_after_three_misses() -> None:
    """Three mails in a row without any answer: the deadline shrinks until somebody answers again."""
    zone = {f"d{number}.test": DROP for number in range(3)} | {"shop.test": {"A": ["192.0.2.1"]}}
    with serving(zone) as server, closing(Resolver([("127.0.0.1", server.port)], 5.0)) as resolver:
        resolver._timeout = 0.1
        for number in range(3):
            with pytest.raises(LookupFailed):
                resolver.asking()(f"d{number}.test", "A")
        resolver._timeout = 5.0
        hasty = resolver.asking()._until - time.monotonic()
        resolver.asking()("shop.test", "A")
        patient = resolver.asking()._until - time.monotonic()

    assert hasty <= 1.0
    assert patient > 4.0


@pytest.mark.parametrize("name", ["", ".", "a..b.test", "a" * 64, "ü.test", "a\\.b.test\0", "a." * 200 + "test"])
def test_names_that_cannot_be(resolver: Resolver, name: str) -> None:
    """A stranger's macro can make any name: DNS has no records for it."""
    assert [] == resolver.asking()(name, "TXT")


def test_names_that_are_nowhere() -> None:
    """Special names are not asked of the system's name servers: there is nothing to wait for."""
    with closing(Resolver([], 5.0)) as resolver:
        ask = resolver.asking()
        resolver._resolver = None  # whoever is asked now fails

        assert [] == ask("_dmarc.shop.example", "TXT") == ask("a.example.org.", "TXT")
        with pytest.raises(LookupFailed):
            ask("example.shop.org", "TXT")


def test_without_any_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a resolver: everything is 'later', at once; when it has got one, that is used."""
    with monkeypatch.context() as patched:
        patched.setattr("dns.asyncresolver.Resolver", _nothing)
        resolver = Resolver([], 5.0)
        for _ in range(3):
            with pytest.raises(LookupFailed):
                resolver.asking()("shop.org", "TXT")
    with monkeypatch.context() as patched:
        patched.setattr("dns.asyncresolver.Resolver", _something)
        resolver.asking()
        found = resolver._resolver
    resolver.close()

    assert found is not None


def _something(*, configure: bool, made: type = dns.asyncresolver.Resolver) -> object:
    return made(configure=False)


def _nothing(*_: object, **__: object) -> None:
    raise dns.resolver.NoResolverConfiguration
