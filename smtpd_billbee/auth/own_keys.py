"""Our own signing key (RFC 6376 3.3): made, kept as text, and published as a TXT record.

A key is 2048 bits long: RFC 8301 3.2 asks for that, and what is longer does not fit into many hosters' forms.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from dkim.crypto import UnparsableKeyError, parse_pem_private_key

BITS = 2048
EXPONENT = 65537
ROUNDS = 32  # of Miller and Rabin: a number that is no prime passes them with a chance of 4**-32 at most
LONGEST_STRING = 255  # RFC 1035 3.3.14

_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, math.isqrt(n) + 1, 2))]
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
        numbers = _sequence(_integer(self.numbers["modulus"]) + _integer(self.numbers["publicExponent"]))
        # RFC 8017 A.1: SubjectPublicKeyInfo with the object identifier of rsaEncryption.
        key = _sequence(_RSA + b"\x03" + _length(len(numbers) + 1) + b"\0" + numbers)
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
    try:
        numbers = parse_pem_private_key(pem)
    except (UnparsableKeyError, binascii.Error, AssertionError, LookupError, TypeError, ValueError):
        raise BadKeyFile("it holds no RSA key") from None
    return OwnKey(named["domain"], named["selector"], pem, numbers)


def new_key(domain: str, selector: str, random_bits: Callable[[int], int], bits: int = BITS) -> OwnKey:
    """A new pair (FIPS 186-5 A.1.3: primes far apart that fit the exponent).  `random_bits` is secrets.randbits."""
    p = _prime(bits // 2, random_bits)
    q = p
    while abs(p - q) < 2 ** (bits // 2 - 100):
        q = _prime(bits // 2, random_bits)
    private = pow(EXPONENT, -1, math.lcm(p - 1, q - 1))
    numbers = (0, p * q, EXPONENT, private, p, q, private % (p - 1), private % (q - 1), pow(q, -1, p))
    lines = base64.b64encode(_sequence(b"".join(map(_integer, numbers)))).decode()
    body = "\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    pem = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\n".encode()
    return OwnKey(domain, selector, pem, parse_pem_private_key(pem))


def _prime(bits: int, random_bits: Callable[[int], int]) -> int:
    """A prime whose two highest bits are set, so that the product of two has all its bits."""
    while True:
        number = random_bits(bits) | (3 << (bits - 2)) | 1
        if all(number % small for small in _SMALL) and number % EXPONENT != 1 and _is_prime(number, random_bits):
            return number


def _is_prime(number: int, random_bits: Callable[[int], int]) -> bool:
    """Miller and Rabin."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(ROUNDS):
        power = pow(2 + random_bits(number.bit_length() - 2), odd, number)
        if power in (1, number - 1):
            continue
        for _square in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


_RSA = bytes.fromhex("300d06092a864886f70d0101010500")


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
