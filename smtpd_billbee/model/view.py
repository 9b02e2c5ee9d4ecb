"""A state of the order list that a user has named: search, conditions, sorting and columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

LONGEST_NAME = 60
LONGEST_QUERY = 4_000
MOST = 30  # of one user
_KEPT = ("q", "filter", "sort", "cols", "page_size")


@dataclass(frozen=True, slots=True)
class View:
    """`query` is that of the list's address, without the number of the page."""

    id: int
    name: str
    query: str


def state_of(query: str) -> str:
    """What of an address's query makes a view; empty: the list as it is by itself."""
    said: Sequence[tuple[str, str]] = parse_qsl(query[:LONGEST_QUERY].replace("\0", ""))
    return urlencode([(name, value) for name, value in said if name in _KEPT])
