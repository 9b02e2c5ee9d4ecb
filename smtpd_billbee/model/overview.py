"""What the start page shows: what needs a person, how the copies go, and who is silent."""

from dataclasses import dataclass
from datetime import datetime

MOST = 1000
"""Nobody counts further than that: '999+'."""


@dataclass(frozen=True, slots=True)
class Needs:
    """How many things wait for a person, each up to MOST."""

    doubtful: int
    unreadable: int
    quarantined: int
    failed_copies: int
    strays: int  # items without article
    other_titles: int

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(
            self.doubtful
            or self.unreadable
            or self.quarantined
            or self.failed_copies
            or self.strays
            or self.other_titles
        )


@dataclass(frozen=True, slots=True)
class RelayHealth:
    """Copies on their way: how many wait, how many failed, and since when the oldest of them waits."""

    waiting: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class SpoolState:
    """The emergency spool: mails that wait for the database, since when the oldest does, and files nobody can read."""

    waiting: int = 0
    oldest: datetime | None = None
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class SilentShop:
    """A shop that brings no orders for longer than usual."""

    id: int
    name: str
    since: datetime
