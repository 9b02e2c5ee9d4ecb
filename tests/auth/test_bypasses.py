"""Ways to be taken for somebody else, after 'Composition Kills' (USENIX Security 2020), rebuilt with mails of our own.

The attacker owns evil.example with everything set up: keys, SPF, a policy.  He wants his mail to be shop.example's.
"""

from dataclasses import dataclass, field

import pytest

from smtpd_billbee.model.evidence import Evidence, Result
from tests.auth.playing import EVIL, SHOP, key, mail, proved, signed, zone

EVILS = key(seed=2)
HIS = {"domain": EVIL, "with_key": EVILS}
FROM_SHOP = f"From: order@{SHOP}\r\n".encode()
FROM_EVIL = f"From: order@{EVIL}\r\n".encode()


@dataclass(frozen=True)
class Attack:
    """A mail, and what the attacker says in the session; his server is 192.0.2.2, which his SPF names."""

    raw: bytes
    sender: str = f"bounce@{EVIL}"
    helo: str = "h.evil.example"
    peer: str = "192.0.2.2"
    dns: dict = field(default_factory=dict)


def _his(raw: bytes, **more: object) -> bytes:
    return signed(raw, **(HIS | {"names": "from:subject"} | more))  # type: ignore[arg-type]


def _from(value: str) -> bytes:
    """A mail of the attacker, signed by him, with this From."""
    return _his(mail(value))


GENUINE = signed(mail())
TWO = b"Subject: second\r\n"

ATTACKS = {
    # From, in all the ways in which two programs see two authors.
    "two From, his first": Attack(_his(FROM_EVIL + mail())),
    "two From, his last": Attack(_his(mail().replace(b"Subject:", FROM_EVIL + b"Subject:"))),
    "two From, one signed by the shop": Attack(FROM_EVIL + GENUINE),
    "a second From below the genuine one": Attack(GENUINE.replace(b"Subject:", FROM_EVIL + b"Subject:")),
    "From with a blank before the colon": Attack(b"From : order@" + SHOP.encode() + b"\r\n" + _from(f"a@{EVIL}")),
    "From with a blank before it": Attack(b" " + FROM_SHOP + _from(f"a@{EVIL}")),
    "From in a line that is folded wrongly": Attack(_from(f"order@{SHOP}").replace(b"\r\nFrom:", b"\r\nFrom\r\n :")),
    "From behind a line without a colon": Attack(FROM_SHOP + b"nonsense\r\n" + _from(f"a@{EVIL}")),
    "From behind a bare CR": Attack(b"X-A: 1\r" + FROM_SHOP + _from(f"a@{EVIL}")),
    "two addresses": Attack(_from(f"a@{EVIL}, order@{SHOP}")),
    "two addresses, the shop's first": Attack(_from(f"order@{SHOP}, a@{EVIL}")),
    "two addresses without a comma": Attack(_from(f"<a@{EVIL}> <order@{SHOP}>")),
    "an address as a name": Attack(_from(f"order@{SHOP} <a@{EVIL}>")),
    "an address as a name, the other way round": Attack(_from(f"a@{EVIL} <order@{SHOP}>")),
    "an address in an address": Attack(_from(f"<order@{SHOP}<a@{EVIL}>>")),
    "an address behind the address": Attack(_from(f"<a@{EVIL}>order@{SHOP}")),
    "a group": Attack(_from(f"Shop: order@{SHOP}, a@{EVIL};")),
    "a group of one": Attack(_from(f"Shop: order@{SHOP};")),
    "a route": Attack(_from(f"<@{EVIL},@a.{EVIL}:order@{SHOP}>")),
    "a route the other way round": Attack(_from(f"<@{SHOP}:a@{EVIL}>")),
    "a comment that is an address": Attack(_from(f"<a@{EVIL}>(<order@{SHOP}>")),
    "a comment in the domain": Attack(_from(f"order@{SHOP}(.{EVIL}")),
    "a comment that ends too early": Attack(_from(f"(x)) <order@{SHOP}> (")),
    "a quote that never ends": Attack(_from(f'"a <order@{SHOP}>, <a@{EVIL}>')),
    "a quoted local part with an at": Attack(_from(f'"order@{SHOP}"@{EVIL}')),
    "two ats": Attack(_from(f"order@{SHOP}@{EVIL}")),
    "two ats, the shop last": Attack(_from(f"a@{EVIL}@{SHOP}")),
    "an encoded word as address": Attack(_from(f"=?utf-8?q?order=40{SHOP}?= <a@{EVIL}>, <x>")),
    "an encoded word in the local part": Attack(_from(f"<=?utf-8?q?order=40{SHOP}=3E?=@{EVIL}>")),
    "a NUL in the domain": Attack(_from(f"order@{SHOP}\0.{EVIL}")),
    "a NUL in the local part": Attack(_from(f"order@{SHOP}\0@{EVIL}")),
    "a control in the domain": Attack(_from(f"order@{SHOP}\x01.{EVIL}")),
    "a semicolon": Attack(_from(f"order@{SHOP};a@{EVIL}")),
    "a trailing dot": Attack(_from(f"order@{SHOP}.")),
    "two dots": Attack(_from("order@shop..example")),
    "letters that look alike": Attack(_from("order@sh\u00f6p.example")),
    "no From at all": Attack(_his(mail().replace(b"From:", b"Sender:"))),
    "a From of a megabyte": Attack(_from("x" * 600_000 + f" <order@{SHOP}>")),
    # The signature of somebody else, or of nobody.
    "his signature, the shop's From": Attack(_his(mail())),
    "d= of a domain below his that begins like the shop": Attack(
        _his(mail(), domain=f"{SHOP}.{EVIL}"), dns={f"s1._domainkey.{SHOP}.{EVIL}": {"TXT": [EVILS.record]}}
    ),
    "d= that ends like the shop": Attack(
        _his(mail(), domain=f"evil{SHOP}"), dns={f"s1._domainkey.evil{SHOP}": {"TXT": [EVILS.record]}}
    ),
    "d= of a public suffix": Attack(
        _his(mail("order@shop.co.uk"), domain="co.uk"), dns={"s1._domainkey.co.uk": {"TXT": [EVILS.record]}}
    ),
    "d= of the top": Attack(_his(mail(), domain="example"), dns={"s1._domainkey.example": {"TXT": [EVILS.record]}}),
    "d= with a NUL": Attack(
        _his(mail(), domain=f"{SHOP}\0.{EVIL}"), dns={f"s1._domainkey.{SHOP}\0.{EVIL}": {"TXT": [EVILS.record]}}
    ),
    "d= with a bracket": Attack(
        _his(mail(), domain=f"{SHOP}(.{EVIL}"), dns={f"s1._domainkey.{SHOP}(.{EVIL}": {"TXT": [EVILS.record]}}
    ),
    "d= with a quote": Attack(
        _his(mail(), domain=f"{SHOP}'a.{EVIL}"), dns={f"s1._domainkey.{SHOP}'a.{EVIL}": {"TXT": [EVILS.record]}}
    ),
    "d= with a backslash": Attack(
        _his(mail(), domain=f"{SHOP}\\.{EVIL}"), dns={f"s1._domainkey.{SHOP}\\.{EVIL}": {"TXT": [EVILS.record]}}
    ),
    "s= that is a whole name": Attack(
        _his(mail(), domain=SHOP, selector=f"s1._domainkey.{EVIL}.\0"),
        dns={f"s1._domainkey.{EVIL}.\0._domainkey.{SHOP}": {"TXT": [EVILS.record]}},
    ),
    "s= with a blank": Attack(_his(mail(), domain=SHOP, selector=f"s1._domainkey.{EVIL} x")),
    "d= twice": Attack(_his(mail(), tags=f" d={SHOP};")),
    "D= beside d=": Attack(_his(mail(), tags=f" D={SHOP};")),
    "i= of the shop": Attack(_his(mail(), tags=f" i=order@{SHOP};")),
    "a signature without From": Attack(signed(mail(), names="subject:to").replace(b"order@shop", b"other@shop")),
    "an empty signature": Attack(GENUINE.replace(GENUINE[GENUINE.index(b" b=") + 3 : GENUINE.index(b"From")], b"\r\n")),
    "no key": Attack(GENUINE, dns={f"s1._domainkey.{SHOP}": {"TXT": [b"v=DKIM1; p="]}}),
    # What stands around a genuine signature.
    "l=, with a text added": Attack(signed(mail(), tags=" l=9;", length=9) + b"Order 2\r\n"),
    "l=0": Attack(signed(mail(), tags=" l=0;", length=0) + b"Order 2\r\n"),
    "l= without an addition": Attack(signed(mail(), tags=" l=9;", length=9)),
    "a second Subject above": Attack(TWO + GENUINE),
    "a second Subject below": Attack(GENUINE.replace(b"X-Sample", TWO + b"X-Sample")),
    "a second To": Attack(b"To: 99999-jimdo-orderimport@inbound.example\r\n" + GENUINE),
    "a second Content-Type": Attack(
        b"Content-Type: text/html\r\n" + signed(mail(more="Content-Type: text/plain\r\n"), names="from:content-type")
    ),
    "expired long ago": Attack(signed(mail(), tags=" t=1000; x=2000;")),
    "SHA-1": Attack(signed(mail(), algorithm="rsa-sha1")),
    "a key of 512 bits": Attack(
        signed(mail(), with_key=key(512)), dns={f"s1._domainkey.{SHOP}": {"TXT": [key(512).record]}}
    ),
    "another Subject": Attack(GENUINE.replace(b"Subject: Order", b"Subject: Other")),
    "another name in From": Attack(GENUINE.replace(b"From: Shop", b"From: Ship")),
    "another body": Attack(GENUINE.replace(b"Order 1", b"Order 2")),
    "a body that begins sooner": Attack(GENUINE.replace(b"\r\nX-Sample", b"\r\n\r\nX-Sample")),
    # SPF of one name, From of another.
    "MAIL FROM of the shop": Attack(mail(), sender=f"order@{SHOP}"),
    "HELO of the shop, MAIL FROM his": Attack(mail(), helo=SHOP),
    "HELO of the shop, no MAIL FROM": Attack(mail(), sender="", helo=SHOP),
    "HELO his, no MAIL FROM": Attack(mail(), sender="", helo=EVIL),
    "MAIL FROM with two ats": Attack(mail(), sender=f"a@{EVIL}@{SHOP}"),
    "MAIL FROM with two ats, his last": Attack(mail(), sender=f"order@{SHOP}@{EVIL}"),
    "MAIL FROM with a quote": Attack(mail(), sender=f'"a@{SHOP}"@{EVIL}'),
    "MAIL FROM with a NUL": Attack(mail(), sender=f"order@{SHOP}\0.{EVIL}"),
    "MAIL FROM below his, beginning like the shop": Attack(
        mail(), sender=f"a@{SHOP}.{EVIL}", dns={f"{SHOP}.{EVIL}": {"TXT": [b"v=spf1 +all"]}}
    ),
    "MAIL FROM of a public suffix": Attack(
        mail("order@shop.co.uk"), sender="a@co.uk", dns={"co.uk": {"TXT": [b"v=spf1 +all"]}}
    ),
    "a bracket in MAIL FROM": Attack(mail(), sender=f"a@{SHOP}(.{EVIL}"),
    "softfail": Attack(mail(), sender=f"order@{SHOP}", dns={SHOP: {"TXT": [b"v=spf1 ~all"]}}),
    "neutral": Attack(mail(), sender=f"order@{SHOP}", dns={SHOP: {"TXT": [b"v=spf1 ?all"]}}),
    "two SPF records": Attack(mail(), sender=f"order@{SHOP}", dns={SHOP: {"TXT": [b"v=spf1 +all"] * 2}}),
    # Words of his own about what was proved.
    "results that he wrote himself": Attack(
        f"Authentication-Results: mx.inbound.example; dkim=pass header.d={SHOP}; dmarc=pass\r\n".encode() + mail()
    ),
    "results in HELO": Attack(mail(), helo=f"x;dkim=pass header.d={SHOP}"),
    "results in MAIL FROM": Attack(mail(), sender=f"a;dmarc=pass header.from={SHOP}@{EVIL}"),
    "a seal that he wrote himself": Attack(
        f"ARC-Authentication-Results: i=1; google.com; dmarc=pass header.from={SHOP}\r\n".encode() + mail()
    ),
}


def _evidence(attack: Attack) -> Evidence:
    return proved(attack.raw, zone(attack.dns), attack.peer, attack.sender, attack.helo)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_is_proved_of_the_shop(attack: Attack) -> None:
    """No aligned signature, no aligned SPF, no DMARC, no chain; and it is no matter of waiting.

    A mail that shows the shop to some program must not be proved to be the attacker's own, either.
    """
    evidence = _evidence(attack)
    proofs = [each for each in (evidence.spf, *evidence.signatures) if each.aligned and each.result is Result.PASS]

    assert not evidence.unsettled
    assert Result.PASS != evidence.arc.result
    assert ([], False, ()) == (proofs, evidence.signed, evidence.signed_recipients)
    assert Result.PASS != evidence.dmarc


def test_the_attacks_would_be_seen() -> None:
    """The very mails that the attacks are made of pass when they are what they say."""
    genuine = proved(GENUINE, peer="192.0.2.1", sender=f"order@{SHOP}")
    his = proved(_his(mail(f"a@{EVIL}")), peer="192.0.2.2")

    assert (Result.PASS, True, True) == (genuine.dmarc, genuine.signed, genuine.spf.aligned)
    assert (EVIL, Result.PASS, True, True) == (his.domain, his.dmarc, his.signed, his.spf.aligned)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("order@shop.example", "order@shop.example"),
        ("Order@Shop.Example", "order@shop.example"),
        ("<order@shop.example>", "order@shop.example"),
        ("Shop <order@shop.example>", "order@shop.example"),
        ('"Shop, the <best>: @home" <order@shop.example>', "order@shop.example"),
        ('"a \\" b" <order@shop.example> (a (nested) comment\\))', "order@shop.example"),
        ("=?utf-8?b?w6Q=?= <order@shop.example>", "order@shop.example"),
        ("Tee & M\u00f6hren <order+1=2@shop.example>", "order+1=2@shop.example"),
        ("order@shop.example <order@shop.example>", "order@shop.example"),
        ("Shop\r\n <order@shop.example>", "order@shop.example"),
        ("order (the shop) @shop.example", ""),
        ('"order"@shop.example', ""),
        ("order@[192.0.2.1]", ""),
        ("order@localhost", ""),
        ("order@192.0.2.1", ""),
        ("order", ""),
        ("", ""),
    ],
)
def test_authors(value: str, expected: str) -> None:
    """What honest senders write is read; what is not plain has no author."""
    assert expected == proved(mail(value)).author
