"""What is asked of DNS, and what it may answer."""

from collections.abc import Iterable, Sequence
from typing import Protocol

Answer = bytes | str | tuple[int, str]  # the text of a TXT record; a name or an IP address; preference and host


class LookupFailed(Exception):
    """DNS did not answer, or with a failure of its own: it may answer later."""


class Lookup(Protocol):
    """Asks DNS.  `kind` is TXT, A, AAAA, MX or PTR."""

    def __call__(self, name: str, kind: str) -> Sequence[Answer]:
        """The records, CNAMEs followed; none for a name or kind that does not exist.  Raises LookupFailed."""

    def expect(self, questions: Iterable[tuple[str, str]]) -> None:
        """These will be asked soon, by name and kind: they may be fetched at once."""


def texts(lookup: Lookup, name: str) -> list[bytes]:
    """The TXT records of a name, each with its strings put together.  Raises LookupFailed."""
    return [answer for answer in lookup(name, "TXT") if isinstance(answer, bytes)]
