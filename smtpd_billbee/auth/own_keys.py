"""Our own signing key (RFC 6376 3.3): made, kept as text, and published as a TXT record.

A key is 2048 bits long: RFC 8301 3.2 asks for that, and what is longer does not fit into many hosters' forms.
"""

import base64
import binascii
import re
from dataclasses import dataclass

BITS = 2048
EXPONENT = 65537
LONGEST_STRING = 255  # RFC 1035 3.3.14

_NAMED = re.compile(r"^# (domain|selector): ([a-z0-9._-]{1,253})$", re.MULTILINE)


class BadKeyFile(Exception):
    """The text is no key of ours; says why, without anything of the key."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A private key, and under which name its public half is published."""

    domain: str
    selector: str
    pem: bytes
    numbers: dict[str, int]

    def __repr__(self) -> str:
        return f"OwnKey({self.name})"

    @property
    def name(self) -> str:
        """Where DNS has the public half."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """What DNS says there."""
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        public = rsa.RSAPublicNumbers(self.numbers["publicExponent"], self.numbers["modulus"]).public_key()
        key = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)  # RFC 6376 3.6.1
        return f"v=DKIM1; k=rsa; p={base64.b64encode(key).decode()}"

    @property
    def text(self) -> str:
        """As it is kept."""
        return f"# domain: {self.domain}\n# selector: {self.selector}\n{self.pem.decode()}"


def record_strings(record: str) -> list[str]:
    """A TXT record in strings of at most 255 letters, as zone files and most hosters want it."""
    return [record[at : at + LONGEST_STRING] for at in range(0, len(record), LONGEST_STRING)]


def own_key_of(text: str) -> OwnKey:
    """The key that was kept.  Raises BadKeyFile."""
    named = dict(_NAMED.findall(text))
    if named.keys() != {"domain", "selector"}:
        raise BadKeyFile("it names no domain and selector")
    pem = text[text.find("-----BEGIN") :].encode("ascii", "replace")
    return OwnKey(named["domain"], named["selector"], pem, _numbers(pem))


def _numbers(pem: bytes) -> dict[str, int]:
    # It comes with all of dnspython, 2 MiB: who has no key does without.
    from dkim.crypto import UnparsableKeyError, parse_pem_private_key

    try:
        numbers: dict[str, int] = parse_pem_private_key(pem)
    except (UnparsableKeyError, binascii.Error, AssertionError, LookupError, TypeError, ValueError):
        raise BadKeyFile("it holds no RSA key") from None
    return numbers


def new_key(domain: str, selector: str, bits: int = BITS) -> OwnKey:
    """A new pair."""
    # Who signs needs no more than dkimpy: this library is loaded where a key is made or published.
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    private = rsa.generate_private_key(EXPONENT, bits)
    # As RFC 8017 A.1.2 has it, which dkimpy and openssl read alike.
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return OwnKey(domain, selector, pem, _numbers(pem))
