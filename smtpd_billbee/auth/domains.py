"""Names of domains, and which of them belong together (RFC 7489 3.2).

The list of public suffixes comes with its library and is as old as that: nothing is fetched.
"""

import functools
import re

from publicsuffixlist import PublicSuffixList

LONGEST = 253  # RFC 1035 2.3.4, without the root's dot
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_SELECTOR = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")


def domain_of(text: str) -> str:
    """The domain in small letters, or '' if the text is none that mail can come from: ASCII, two labels or more.

    Nothing is mended here: a name that one program cuts at a NUL, a blank or a dot too many is no name.
    """
    name = text.lower()
    return name if len(name) <= LONGEST and text.isascii() and _DOMAIN.fullmatch(name) else ""


def selector_of(text: str) -> str:
    """A DKIM selector in small letters, or '' (RFC 6376 3.1; underscores are in use)."""
    name = text.lower()
    return name if len(name) <= LONGEST and text.isascii() and _SELECTOR.fullmatch(name) else ""


@functools.lru_cache(maxsize=4096)
def organisation(domain: str) -> str:
    """The domain that somebody registered: example.co.uk for mail.example.co.uk; '' for co.uk itself."""
    return (_suffixes().privatesuffix(domain) or "") if domain else ""


def is_aligned(domain: str, author: str) -> bool:
    """Relaxed alignment (RFC 7489 3.1.1): both lie within one registered domain."""
    return bool(domain) and organisation(domain) == organisation(author) != ""


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
