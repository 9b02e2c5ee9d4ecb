"""What the tests of `auth` play with: a DNS of a dict, RSA keys made here, and a signer that signs whatever is asked.

The signer's canonical forms and its choice of headers are dkimpy's, not ours: what it signs shows whether we agree.
"""

import base64
import functools
import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dkim
from dkim.canonicalization import CanonicalizationPolicy
from dkim.crypto import RSASSA_PKCS1_v1_5_sign

from smtpd_billbee.auth.lookup import Answer, LookupFailed
from smtpd_billbee.auth.verifying import verify
from smtpd_billbee.model.evidence import Evidence
from smtpd_billbee.model.mail import Delivery

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SERVFAIL = "SERVFAIL"

SHOP, EVIL = "shop.example", "evil.example"


class Zone:
    """DNS as a dict: name -> kind -> answers, or SERVFAIL; it counts what it was asked."""

    def __init__(self, names: Mapping[str, Mapping[str, Sequence[Answer]] | str]) -> None:
        self.names = {name.lower(): kinds for name, kinds in names.items()}
        self.asked: list[tuple[str, str]] = []

    def __call__(self, name: str, kind: str) -> Sequence[Answer]:
        self.asked.append((name, kind))
        kinds = self.names.get(name.lower(), {})
        if isinstance(kinds, str):
            raise LookupFailed
        return kinds.get(kind, ())

    def expect(self, questions: Iterable[tuple[str, str]]) -> None:
        """Everything is here already."""


@dataclass(frozen=True)
class Key:
    """A key pair: dkimpy's numbers of the private one, PEM of it, and the TXT record of the public one."""

    numbers: dict[str, int]
    pem: bytes
    record: bytes


@functools.cache
def key(bits: int = 1024, seed: int = 1) -> Key:
    """A key that is the same in every run.  Nobody else uses it."""
    chance = random.Random(seed * 10_000 + bits)
    p, q = _prime(bits // 2, chance), _prime(bits // 2, chance)
    e, d = 65537, pow(65537, -1, (p - 1) * (q - 1))
    numbers = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    packed = base64.encodebytes(_sequence(b"".join(map(_integer, numbers))))
    pem = b"-----BEGIN RSA PRIVATE KEY-----\n" + packed + b"-----END RSA PRIVATE KEY-----\n"
    names = ("version", "modulus", "publicExponent", "privateExponent", "prime1", "prime2", "exponent1", "exponent2")
    public = base64.b64encode(_sequence(_integer(p * q) + _integer(e)))
    return Key(dict(zip((*names, "coefficient"), numbers, strict=True)), pem, b"v=DKIM1; k=rsa; p=" + public)


def _prime(bits: int, chance: random.Random) -> int:
    while True:
        number = chance.getrandbits(bits) | (3 << (bits - 2)) | 1
        if number % 65537 != 1 and all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7)):
            return number


def _integer(number: int) -> bytes:
    octets = number.to_bytes(number.bit_length() // 8 + 1)
    return b"\x02" + _length(len(octets)) + octets


def _sequence(content: bytes) -> bytes:
    return b"\x30" + _length(len(content)) + content


def _length(length: int) -> bytes:
    if length < 128:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(octets)]) + octets


def mail(author: str = f"Shop <order@{SHOP}>", body: str = "Order 1\r\n", more: str = "") -> bytes:
    """A mail with CRLFs, of invented persons."""
    head = f"From: {author}\r\nTo: 12345-jimdo-orderimport@inbound.example\r\nSubject: Order\r\nX-Sample: synthetic\r\n"
    return f"{head}{more}\r\n{body}".encode("latin-1")


def signed(
    raw: bytes, domain: str = SHOP, selector: str = "s1", names: str = "from:to:subject", form: str = "relaxed/relaxed",
    tags: str = "", with_key: Key | None = None, length: int | None = None, algorithm: str = "rsa-sha256",
) -> bytes:  # fmt: skip
    """The mail with a signature on top; `tags` stand in it as they are."""
    headers, body = dkim.rfc822_parse(raw)
    policy = CanonicalizationPolicy.from_c_value(form.encode())
    canonical = policy.canonicalize_body(body)[:length]
    hasher = getattr(hashlib, algorithm.partition("-")[2])
    body_hash = base64.b64encode(hasher(canonical).digest()).decode()
    value = f" v=1; a={algorithm}; c={form}; d={domain}; s={selector};{tags} h={names};\r\n bh={body_hash};\r\n b="
    ours = [b"DKIM-Signature", value.encode()]
    wanted = dkim.select_headers(headers, [name.lower().encode() for name in names.split(":")])
    return _signature(ours, wanted, policy, hasher, with_key or key()) + raw


def _signature(
    ours: Sequence[bytes], wanted: Iterable[Sequence[bytes]], policy: CanonicalizationPolicy, hasher: Any, by: Key
) -> bytes:
    """The header `ours`, whose last tag is b=, with the signature in it."""
    hashed = hasher()
    for name, content in policy.canonicalize_headers(wanted):
        hashed.update(name + b":" + content)
    ((name, content),) = policy.canonicalize_headers([ours])
    hashed.update(name + b":" + content.rstrip())
    return ours[0] + b":" + ours[1] + base64.b64encode(RSASSA_PKCS1_v1_5_sign(hashed, by.numbers)) + b"\r\n"


def sealed(raw: bytes, domain: str, results: str, with_key: Key, before: int = 0) -> bytes:
    """The mail as a server passes it on that says `results` of it; `before`: how many had sealed it already."""
    headers, body = dkim.rfc822_parse(raw)
    policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
    body_hash = base64.b64encode(hashlib.sha256(policy.canonicalize_body(body)).digest()).decode()
    start = f" i={before + 1}; a=rsa-sha256; d={domain}; s=s1;"
    found = [b"ARC-Authentication-Results", f" i={before + 1}; {domain}; {results}\r\n".encode()]
    of_mail = [b"ARC-Message-Signature", f"{start} c=relaxed/relaxed; h=from:to:subject; bh={body_hash}; b=".encode()]
    wanted = dkim.select_headers(headers, [b"from", b"to", b"subject"])
    second = _signature(of_mail, wanted, policy, hashlib.sha256, with_key)
    older = [header for header in headers if header[0].lower().startswith(b"arc-")]
    older = [header for at in range(len(older) - 3, -1, -3) for header in reversed(older[at : at + 3])]
    chain = [*older, found, second.rstrip(b"\r\n").split(b":", 1)]
    seal = [b"ARC-Seal", f"{start} cv={'pass' if before else 'none'}; b=".encode()]
    return _signature(seal, chain, policy, hashlib.sha256, with_key) + second + b":".join(found) + raw


def zone(more: Mapping[str, Mapping[str, Sequence[Answer]] | str] | None = None) -> Zone:
    """The shop's domain with key, SPF and a policy of reject; the attacker's with everything as well."""
    names: dict[str, Mapping[str, Sequence[Answer]] | str] = {}
    for number, domain in enumerate((SHOP, EVIL), 1):
        names |= {
            domain: {"TXT": [f"v=spf1 ip4:192.0.2.{number} -all".encode()]},
            f"s1._domainkey.{domain}": {"TXT": [key(seed=number).record]},
            f"_dmarc.{domain}": {"TXT": [b"v=DMARC1; p=reject"]},
        }
    return Zone(names | dict(more or {}))


def proved(
    raw: bytes, lookup: Zone | None = None, peer: str = "192.0.2.99", sender: str = f"bounce@{EVIL}",
    helo: str = "h.example",
) -> Evidence:  # fmt: skip
    """The evidence of a mail that a stranger brought, unless something else is said."""
    return verify(raw, Delivery(peer, helo, sender, AT), lookup or zone())
