"""The DKIM signatures of a mail (RFC 6376): which verify, and which of these are good enough.

An attacker may put anything around a genuine signature.  So it counts only if nobody could have added to what it
covers, and nobody could have it read in another way: no l=, no From it has not seen, no second Subject above the
signed one, no Content-Type that somebody else has chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from smtpd_billbee.auth.author import recipients_of
from smtpd_billbee.auth.canonical import SIMPLE
from smtpd_billbee.auth.domains import is_aligned
from smtpd_billbee.auth.keys import LEAST_BITS, Key
from smtpd_billbee.auth.lookup import Lookup
from smtpd_billbee.auth.message import Header, Message
from smtpd_billbee.auth.shape import left_open
from smtpd_billbee.auth.signing import Claim, Hashed, Unverified, claim_of, covered_by, domain_in, find_key, tags_of
from smtpd_billbee.model.evidence import Result, Signature

MOST = 5  # signatures of one mail that are checked

_NEEDED = (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
# RFC 5322 3.6: each at most once.  Programs differ in which of two they show.
_ONCE = (
    b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"mime-version",
    b"content-type", b"content-transfer-encoding",
)  # fmt: skip
_SLACK = 10 * 3600  # seconds that a signer's clock may be wrong, as in dkimpy


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature's result, and the names of the headers that it covers as a whole."""

    signature: Signature
    covers: frozenset[bytes] = frozenset()


def claims_in(message: Message, domain: str) -> list[Header]:
    """The signatures that will be checked: of the author's own domain first, then from the top."""
    found = message.named(b"dkim-signature") if message.sound else []
    return sorted(found, key=lambda header: not is_aligned(_domain(header), domain))[:MOST]


def key_names(headers: Iterable[Header]) -> list[str]:
    """Where their keys are, as far as that can be read."""
    names = []
    for header in headers:
        try:
            names.append(_claim(header).key_name)
        except Unverified:
            continue
    return names


def check(hashed: Hashed, header: Header, domain: str, lookup: Lookup, now: datetime) -> Checked:
    """One signature.  `domain` is the author's; `now` is when the mail came."""
    try:
        claim = _claim(header)
    except Unverified as error:
        return Checked(Signature(error.result, _domain(header), why=error.why))
    result, why = Result.PASS, ""
    try:
        key = find_key(claim, lookup)
        hashed.check_body(claim)
        hashed.check_headers(claim, key)
        result, why = _judged(claim, key, hashed.message, int(now.timestamp()))
    except Unverified as error:
        result, why = error.result, error.why
    digest = sha256(claim.signature).hexdigest()
    signature = Signature(result, claim.domain, claim.selector, is_aligned(claim.domain, domain), digest, why)
    return Checked(signature, covered_by(claim, hashed.message))


def signed_recipients(message: Message, checked: Iterable[Checked]) -> tuple[str, ...]:
    """To and Cc, as far as a signature of the author's domain vouches for them."""
    covered: set[bytes] = set()
    for each in checked:
        if each.signature.aligned and each.signature.result is Result.PASS:
            covered |= each.covers & {b"to", b"cc"}
    return recipients_of(message, sorted(covered, reverse=True))


def _claim(header: Header) -> Claim:
    tags = tags_of(header)
    claim = claim_of(header, tags, _NEEDED, SIMPLE)
    if tags[b"v"] != b"1":
        raise Unverified(Result.PERMERROR, "v= is not 1")
    if b"from" not in claim.names:
        raise Unverified(Result.PERMERROR, "From is not signed")
    if b"q" in tags and b"dns/txt" not in [method.strip() for method in tags[b"q"].split(b":")]:
        raise Unverified(Result.PERMERROR, "its key is not in DNS")
    identity = tags.get(b"i", b"@" + tags[b"d"]).lower().rpartition(b"@")[2].decode("latin-1")
    if identity != claim.domain and not identity.endswith(f".{claim.domain}"):
        raise Unverified(Result.PERMERROR, "i= is outside of d=")
    signed_at, until = claim.number(b"t"), claim.number(b"x")
    if signed_at is not None and until is not None and until < signed_at:
        raise Unverified(Result.PERMERROR, "x= is before t=")
    return claim


def _judged(claim: Claim, key: Key, message: Message, now: int) -> tuple[Result, str]:
    """What is to be said against a signature that verifies."""
    identity = claim.tags.get(b"i", b"").lower().rpartition(b"@")[2].decode("latin-1")
    signed_at, until = claim.number(b"t"), claim.number(b"x")
    twice = [name for name in _ONCE if len(message.places.get(name, ())) > 1 and name in claim.names]
    if claim.algorithm != b"rsa-sha256":  # RFC 8301 3.1
        return Result.POLICY, "its algorithm is too weak"
    if key.bits < LEAST_BITS:
        return Result.POLICY, f"its key has only {key.bits} bits"
    if key.strict and identity and identity != claim.domain:
        return Result.PERMERROR, "its key is not for subdomains"
    if b"l" in claim.tags:  # RFC 6376 8.2: whoever likes may add to such a mail
        return Result.POLICY, "it covers only a part of the body"
    if until is not None and until < now:
        return Result.POLICY, "it had expired when the mail came"
    if signed_at is not None and signed_at > now + _SLACK:
        return Result.POLICY, "it is from the future"
    if twice:
        return Result.POLICY, f"the mail has more than one {twice[0].decode().title()}"
    if why := left_open(message, covered_by(claim, message)):
        return Result.POLICY, why
    return Result.PASS, ""


def _domain(header: Header) -> str:
    try:
        return domain_in(tags_of(header))
    except Unverified:
        return ""
