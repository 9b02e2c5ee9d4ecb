"""What an owner is told of by mail."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """Why a notice is sent; each can be switched off."""

    UNREADABLE = "unreadable"  # a mail could not be read
    QUARANTINED = "quarantined"  # an order waits, because its origin is not proved
    FAILED_COPY = "failed_copy"  # a copy was refused for good, or given up
    SILENT_SHOP = "silent_shop"  # no order for longer than usual


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing to tell of: a mail, a job, a shop, by its number; in which shop of which account it happened.

    `destination`: the address that did not take a copy.
    """

    account_id: int
    shop_id: int
    shop_name: str
    thing_id: int
    mail_id: int | None = None
    destination: str | None = None


@dataclass(frozen=True, slots=True)
class Watched:
    """A shop whose silence is looked at: the moments of its last orders, newest first, and when it was told of."""

    account_id: int
    shop_id: int
    shop_name: str
    orders_at: tuple[datetime, ...]
    told_at: datetime | None
