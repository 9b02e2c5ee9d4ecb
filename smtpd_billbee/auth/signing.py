"""One signature, as DKIM and ARC share it (RFC 6376 3.5, 3.7 and 6.1; RFC 8617 4.1): tags, hashes, does it verify.

What is wrong with a signature is an Unverified with one of our results and a reason; whoever gets to the end of
`verify` has a signature that is mathematically right, and what is still to be said against it.
"""

import binascii
import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dkim.crypto import DigestTooLargeError, RSASSA_PKCS1_v1_5_verify
from dkim.util import InvalidTagValueList, parse_tag_value

from smtpd_billbee.auth.canonical import RELAXED, SIMPLE, canonical_body, canonical_header
from smtpd_billbee.auth.domains import domain_of, selector_of
from smtpd_billbee.auth.keys import BadKey, Key, OtherKey, key_of
from smtpd_billbee.auth.lookup import Lookup, LookupFailed, texts
from smtpd_billbee.auth.message import Header, Message
from smtpd_billbee.model.evidence import Result

LONGEST = 16 * 1024  # bytes of a signature's header
LARGEST = 20 * 1024 * 1024  # bytes of a body that is hashed
MOST_NAMES = 300  # in h=

_HASHES = {b"rsa-sha256": hashlib.sha256, b"rsa-sha1": hashlib.sha1}
_NUMBER = re.compile(rb"\d{1,18}")
_LENGTH = re.compile(rb"\d{1,76}")


class Unverified(Exception):
    """A signature that does not count."""

    def __init__(self, result: Result, why: str) -> None:
        super().__init__(why)
        self.result = result
        self.why = why


@dataclass(frozen=True, slots=True)
class Claim:
    """What a signature says of itself, read and found in order."""

    header: Header
    tags: Mapping[bytes, bytes]
    algorithm: bytes
    domain: str
    selector: str
    signature: bytes
    names: tuple[bytes, ...] = ()  # h=, in small letters
    header_form: bytes = RELAXED
    body_form: bytes = RELAXED
    body_hash: bytes = b""

    @property
    def key_name(self) -> str:
        """Where its domain publishes the key (RFC 6376 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    def number(self, tag: bytes) -> int | None:
        """A tag that is a number, like t= and x=.  Raises Unverified."""
        value = self.tags.get(tag)
        if value is None:
            return None
        if not _NUMBER.fullmatch(value):
            raise Unverified(Result.PERMERROR, f"{tag.decode()}= is no number")
        return int(value)


def tags_of(header: Header) -> dict[bytes, bytes]:
    """The tags of a signature's header (RFC 6376 3.2).  Raises Unverified."""
    if len(header.value) > LONGEST:
        raise Unverified(Result.PERMERROR, "it is too long")
    try:
        tags: dict[bytes, bytes] = parse_tag_value(header.unfolded)
    except InvalidTagValueList:
        raise Unverified(Result.PERMERROR, "its tags cannot be read") from None
    return tags


def domain_in(tags: Mapping[bytes, bytes]) -> str:
    """The domain that d= names, or ''."""
    return domain_of(_ascii(tags.get(b"d", b"")))


def claim_of(header: Header, tags: Mapping[bytes, bytes], needed: Collection[bytes], form: bytes) -> Claim:
    """A signature that can be looked into.  `needed`: its tags; `form`: c= if it says nothing.  Raises Unverified."""
    for tag in needed:
        if tag not in tags:
            raise Unverified(Result.PERMERROR, f"{tag.decode()}= is missing")
    algorithm = tags[b"a"]
    if algorithm not in _HASHES:
        raise Unverified(Result.NEUTRAL, "its algorithm is not checked here")
    domain, selector = domain_in(tags), selector_of(_ascii(tags[b"s"]))
    if not domain or not selector:
        raise Unverified(Result.PERMERROR, "d= or s= is not the name of a domain")
    header_form, body_form = _forms(tags.get(b"c", form))
    names = tuple(name.strip().lower() for name in tags[b"h"].split(b":")) if b"h" in needed else ()
    if len(names) > MOST_NAMES:
        raise Unverified(Result.PERMERROR, "h= names too many headers")
    if b"l" in tags and not _LENGTH.fullmatch(tags[b"l"]):
        raise Unverified(Result.PERMERROR, "l= is no number")
    return Claim(
        header, tags, algorithm, domain, selector, _unpacked(tags[b"b"]), names, header_form, body_form,
        _unpacked(tags[b"bh"]) if b"bh" in needed else b"",
    )  # fmt: skip


def covered_by(claim: Claim, message: Message) -> frozenset[bytes]:
    """Headers of which each line is signed."""
    return frozenset(name for name in claim.names if claim.names.count(name) >= len(message.places.get(name, ())))


def find_key(claim: Claim, lookup: Lookup) -> Key:
    """The signer's key.  Raises Unverified."""
    try:
        records = texts(lookup, claim.key_name)
    except LookupFailed:
        raise Unverified(Result.TEMPERROR, "DNS did not tell the key") from None
    if not records:
        raise Unverified(Result.PERMERROR, "its domain publishes no such key")
    # RFC 6376 3.6.2.2: with several records nothing is said; some hosters answer with a wildcard's TXT besides.
    record = next((each for each in records if b"p=" in each), records[0])
    try:
        return key_of(record)
    except OtherKey as error:
        raise Unverified(Result.NEUTRAL, str(error)) from None
    except BadKey as error:
        raise Unverified(Result.PERMERROR, str(error)) from None


class Hashed:
    """A mail whose hashes are computed once for all its signatures."""

    def __init__(self, message: Message) -> None:
        self.message = message
        self._bodies: dict[tuple[bytes, bytes], bytes] = {}

    def check_body(self, claim: Claim) -> None:
        """Is the body the one that was signed?  Raises Unverified."""
        if len(self.message.body) > LARGEST:
            raise Unverified(Result.NEUTRAL, "the mail is too large to be checked")
        body = self._body(claim)
        if body != claim.body_hash:
            raise Unverified(Result.FAIL, "the body was changed")

    def _body(self, claim: Claim) -> bytes:
        hasher = _HASHES[claim.algorithm]
        if b"l" in claim.tags:
            body = canonical_body(self.message.body, claim.body_form)
            return hasher(body[: int(claim.tags[b"l"])]).digest()
        kind = (claim.algorithm, claim.body_form)
        if kind not in self._bodies:
            self._bodies[kind] = hasher(canonical_body(self.message.body, claim.body_form)).digest()
        return self._bodies[kind]

    def check_headers(self, claim: Claim, key: Key) -> None:
        """Are the headers that h= names the ones that were signed?  Raises Unverified."""
        check_signature(claim, self._selected(claim.names), key)

    def _selected(self, names: Iterable[bytes]) -> list[Header]:
        """RFC 6376 5.4.2: of several headers of a name, the lowest first; what is not there is nothing."""
        left = {name: list(self.message.places.get(name, ())) for name in names}
        return [self.message.headers[left[name].pop()] for name in names if left[name]]


def check_signature(claim: Claim, headers: Sequence[Header], key: Key) -> None:
    """Did the owner of the key sign these headers, and the signature's own?  Raises Unverified."""
    signed = [canonical_header(header, claim.header_form) for header in headers]
    own = Header(claim.header.name, _without_signature(claim.header.value))
    hashed = _HASHES[claim.algorithm](b"".join(signed))
    hashed.update(canonical_header(own, claim.header_form).removesuffix(b"\r\n"))
    if int.from_bytes(claim.signature) >= key.modulus or not _is_right(hashed, claim.signature, key):
        raise Unverified(Result.FAIL, "the signature does not fit")


def _is_right(hashed: object, signature: bytes, key: Key) -> bool:
    numbers = {"modulus": key.modulus, "publicExponent": key.exponent}
    try:
        return bool(RSASSA_PKCS1_v1_5_verify(hashed, signature, numbers))
    except DigestTooLargeError:
        return False


def _without_signature(value: bytes) -> bytes:
    """RFC 6376 3.7: the value of b= is taken away, with the white space around it."""
    tags = value.split(b";")
    for place, tag in enumerate(tags):
        name, equals, _ = tag.partition(b"=")
        if equals and name.strip() == b"b":
            tags[place] = name + equals
            break
    return b";".join(tags)


def _forms(value: bytes) -> tuple[bytes, bytes]:
    """RFC 6376 3.5: header/body; a body's form that is not said is simple."""
    header, _, body = value.partition(b"/")
    forms = (header, body or SIMPLE)
    if set(forms) - {RELAXED, SIMPLE}:
        raise Unverified(Result.PERMERROR, "c= is not known")
    return forms


def _unpacked(value: bytes) -> bytes:
    packed = b"".join(value.split())
    try:
        return binascii.a2b_base64(packed, strict_mode=True)
    except binascii.Error:
        raise Unverified(Result.PERMERROR, "b= or bh= is not base64") from None


def _ascii(value: bytes) -> str:
    return value.decode("latin-1")
