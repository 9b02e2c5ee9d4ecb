"""The ARC chain of a mail (RFC 8617 5.2): what each server on its way says it had proved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from smtpd_billbee.auth.author import recipients_of
from smtpd_billbee.auth.canonical import RELAXED
from smtpd_billbee.auth.domains import domain_of
from smtpd_billbee.auth.keys import LEAST_BITS
from smtpd_billbee.auth.lookup import Lookup
from smtpd_billbee.auth.message import Header, Message
from smtpd_billbee.auth.shape import left_open
from smtpd_billbee.auth.signing import (
    Claim,
    Hashed,
    Unverified,
    check_signature,
    claim_of,
    covered_by,
    find_key,
    tags_of,
)
from smtpd_billbee.formats.auth_results import read_results
from smtpd_billbee.model.evidence import Arc, Result

MOST = 10  # sets of one mail that are checked; RFC 8617 4.2.1 allows 50, and mails have two or three

_RESULTS, _MESSAGE, _SEAL = b"arc-authentication-results", b"arc-message-signature", b"arc-seal"
_OF_MESSAGE = (b"i", b"a", b"b", b"bh", b"d", b"h", b"s")
_OF_SEAL = (b"i", b"a", b"b", b"cv", b"d", b"s")
_BOTH_RELAXED = RELAXED + b"/" + RELAXED


@dataclass(slots=True)
class _Set:
    """The three headers of one instance, and the tags of two of them."""

    headers: dict[bytes, Header] = field(default_factory=dict)
    tags: dict[bytes, Mapping[bytes, bytes]] = field(default_factory=dict)


def check(hashed: Hashed, lookup: Lookup) -> Arc:
    """The chain.  Only the newest set has to fit the mail as it came; every seal has to fit the seals before it."""
    if not is_sealed(hashed.message):
        return Arc()
    try:
        sets = _sets(hashed.message)
        newest = sets[-1]
        if newest.tags[_SEAL].get(b"cv") == b"fail":
            return Arc(Result.FAIL)
        _check_order(sets)
        claims = [_seal(each) for each in sets]
        covered = _check_message(hashed, newest, lookup)
        for at in range(len(sets) - 1, -1, -1):
            _check_seal(sets[: at + 1], claims[at], lookup)
    except Unverified as error:
        # RFC 8617 4.4.1 knows pass, fail and none; what DNS kept from us is no failure.
        return Arc(error.result if error.result in (Result.TEMPERROR, Result.POLICY) else Result.FAIL)
    dmarc, domain = _said(newest.headers[_RESULTS])
    covers_to = b"to" in covered and len(hashed.message.named(b"to")) == 1
    recipients = recipients_of(hashed.message, (b"to",)) if covers_to else ()
    return Arc(Result.PASS, claims[-1].domain, dmarc, domain, recipients, left_open(hashed.message, covered))


def is_sealed(message: Message) -> bool:
    """Is there anything of ARC?"""
    return message.sound and any(message.named(key) for key in (_RESULTS, _MESSAGE, _SEAL))


def sets_in(message: Message, most: int = MOST) -> list[Header]:
    """The headers of all sets in the order in which a seal covers them (5.1.1).  Raises Unverified."""
    if not is_sealed(message):
        return []
    return [each.headers[kind] for each in _sets(message, most) for kind in (_RESULTS, _MESSAGE, _SEAL)]


def key_names(message: Message) -> list[str]:
    """Where the keys of the chain are, as far as that can be read."""
    names: dict[str, None] = {}
    for key, needed in ((_MESSAGE, _OF_MESSAGE), (_SEAL, _OF_SEAL)):
        for header in message.named(key)[:MOST]:
            try:
                names[claim_of(header, tags_of(header), needed, _BOTH_RELAXED).key_name] = None
            except Unverified:
                continue
    return list(names)


def _sets(message: Message, most: int = MOST) -> list[_Set]:
    """The sets in their order: each instance from 1 on once and complete (5.2 step 3)."""
    sets: dict[int, _Set] = {}
    for key in (_RESULTS, _MESSAGE, _SEAL):
        found = message.named(key)
        if len(found) > most:
            raise Unverified(Result.POLICY, f"there are more than {most} sets")
        for header in found:
            tags = {b"i": _instance_in(header)} if key == _RESULTS else tags_of(header)
            one = sets.setdefault(_number(tags.get(b"i", b"")), _Set())
            if key in one.headers:
                raise Unverified(Result.FAIL, "a set has a header twice")
            one.headers[key], one.tags[key] = header, tags
    if sorted(sets) != list(range(1, len(sets) + 1)) or any(len(each.headers) != 3 for each in sets.values()):
        raise Unverified(Result.FAIL, "a set is not whole")
    return [sets[number] for number in sorted(sets)]


def _instance_in(header: Header) -> bytes:
    """ARC-Authentication-Results begins with `i=1;` (4.1.1)."""
    name, _, value = header.unfolded.partition(b";")[0].partition(b"=")
    return value.strip() if name.strip() == b"i" else b""


def _number(value: bytes) -> int:
    if not value.isdigit() or len(value) > 2:
        raise Unverified(Result.FAIL, "i= is no number of a set")
    return int(value)


def _check_order(sets: list[_Set]) -> None:
    """The first says none, the others pass (5.2 step 3)."""
    for number, each in enumerate(sets, 1):
        if each.tags[_SEAL].get(b"cv") != (b"none" if number == 1 else b"pass"):
            raise Unverified(Result.FAIL, "cv= does not fit its place")


def _seal(one: _Set) -> Claim:
    tags = one.tags[_SEAL]
    if b"h" in tags:  # 4.1.3: what a seal covers is not its own choice
        raise Unverified(Result.FAIL, "a seal has h=")
    return _strong(claim_of(one.headers[_SEAL], {**tags, b"c": _BOTH_RELAXED}, _OF_SEAL, _BOTH_RELAXED))


def _strong(claim: Claim) -> Claim:
    if claim.algorithm != b"rsa-sha256":  # 4.1.2, 4.1.3: no older ones
        raise Unverified(Result.FAIL, "the algorithm is none of ARC's")
    claim.number(b"t")
    return claim


def _check_message(hashed: Hashed, newest: _Set, lookup: Lookup) -> frozenset[bytes]:
    """What it covers."""
    claim = _strong(claim_of(newest.headers[_MESSAGE], newest.tags[_MESSAGE], _OF_MESSAGE, _BOTH_RELAXED))
    if _SEAL in claim.names:  # 4.1.2
        raise Unverified(Result.FAIL, "the message's signature covers a seal")
    key = find_key(claim, lookup)
    if key.bits < LEAST_BITS:
        raise Unverified(Result.FAIL, "the key is too short")
    hashed.check_body(claim)
    hashed.check_headers(claim, key)
    return covered_by(claim, hashed.message)


def _check_seal(sets: list[_Set], claim: Claim, lookup: Lookup) -> None:
    """A seal covers all sets up to its own, in their order, itself last (5.1.1)."""
    key = find_key(claim, lookup)
    if key.bits < LEAST_BITS:
        raise Unverified(Result.FAIL, "the key is too short")
    covered = [each.headers[kind] for each in sets for kind in (_RESULTS, _MESSAGE, _SEAL)]
    check_signature(claim, covered[:-1], key)


def _said(header: Header) -> tuple[Result, str]:
    """What the newest sealer had found of DMARC, and about which author's domain; two answers are none."""
    results = read_results(header.unfolded.decode("latin-1").partition(";")[2])
    found = [each for each in results if each.method == "dmarc"]
    if len(found) != 1 or found[0].result not in tuple(Result):
        return Result.NONE, ""
    return Result(found[0].result), domain_of(found[0].properties.get("header.from", ""))
