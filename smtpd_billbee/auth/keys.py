"""Public keys of signers, as their domains publish them (RFC 6376 3.6.1)."""

import binascii
from dataclasses import dataclass

from dkim.crypto import UnparsableKeyError, parse_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

LONGEST = 8 * 1024  # bytes of a record
# RFC 8301 3.2: 1024 at least; what is far beyond 4096 is there to keep a verifier busy.
LEAST_BITS, MOST_BITS = 1024, 8192
_LARGEST_EXPONENT = 2**32


class BadKey(Exception):
    """What DNS has under the signer's name is no key that can be used; the text says why."""


class OtherKey(BadKey):
    """It is a key, of a kind that is not known here."""


@dataclass(frozen=True, slots=True)
class Key:
    """An RSA key.  `strict`: a signature's i= must name the very domain that published it (t=s)."""

    modulus: int
    exponent: int
    strict: bool = False

    @property
    def bits(self) -> int:
        """How long it is."""
        return self.modulus.bit_length()


def key_of(record: bytes) -> Key:
    """The key in a TXT record.  Raises BadKey."""
    if len(record) > LONGEST:
        raise BadKey("the key's record is too long")
    try:
        tags = parse_tag_value(record)
    except InvalidTagValueList:
        raise BadKey("the key's record cannot be read") from None
    if tags.get(b"v", b"DKIM1") != b"DKIM1":
        raise BadKey("the key's record is of another version")
    if (kind := tags.get(b"k", b"rsa")) != b"rsa":
        raise OtherKey("the key is not of the kind RSA" if kind != b"ed25519" else "the key is of the kind Ed25519")
    if not {b"*", b"email"} & _listed(tags, b"s", b"*"):
        raise BadKey("the key is not meant for mail")
    if b"sha256" not in _listed(tags, b"h", b"sha256"):
        raise BadKey("the key is not meant for SHA-256")
    modulus, exponent = _numbers(tags.get(b"p"))
    return Key(modulus, exponent, strict=b"s" in _listed(tags, b"t", b""))


def _listed(tags: dict[bytes, bytes], name: bytes, default: bytes) -> set[bytes]:
    return {word.strip() for word in tags.get(name, default).split(b":")}


def _numbers(packed: bytes | None) -> tuple[int, int]:
    if packed is None:
        raise BadKey("the record holds no key")
    packed = b"".join(packed.split())
    if not packed:
        raise BadKey("the key was revoked")
    try:
        found = parse_public_key(binascii.a2b_base64(packed))
    except (binascii.Error, UnparsableKeyError, AssertionError, LookupError, TypeError, ValueError):
        raise BadKey("the key cannot be read") from None
    modulus, exponent = found["modulus"], found["publicExponent"]
    if not 2**255 <= modulus < 2**MOST_BITS or not 3 <= exponent < _LARGEST_EXPONENT:
        raise BadKey("the key is of no usable size")
    return modulus, exponent
