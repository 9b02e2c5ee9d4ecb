"""What needs a person: doubtful orders, mails without an order, copies that failed, items without an article."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import JobKind, JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.trust import Judged, judged_of_json
from smtpd_billbee.store.mail_lists import HELD_UP
from smtpd_billbee.store.tables import IS_OPEN, jobs, mails, order_items, orders, shops
from smtpd_billbee.store.whose import of_account, owned_by

DELETED = 6
SHOWN = 100  # of each sort
LOOKED_AT = 1_000  # of the newest items without an article


@dataclass(frozen=True, slots=True)
class DoubtfulOrder:
    """An order that a person should look at, for `problems`."""

    id: int
    number: str
    shop_name: str
    customer_name: str | None
    created_at: datetime
    problems: Sequence[str]
    mail_id: int | None
    judged: Judged | None  # of its mail


@dataclass(frozen=True, slots=True)
class HeldUpMail:
    """A mail that did not become an order and perhaps should have."""

    id: int
    shop_name: str
    state: MailState
    subject: str | None
    received_at: datetime
    reason: str | None
    judged: Judged | None


@dataclass(frozen=True, slots=True)
class FailedCopy:
    """A copy that the owner's mail server did not take."""

    job_id: int
    mail_id: int
    shop_name: str | None
    destination: str
    subject: str | None
    received_at: datetime
    attempts: int
    last_reply: str | None


@dataclass(frozen=True, slots=True)
class LooseItem:
    """Items of one title and SKU that belong to no article; `order_id` is the newest of the orders with it."""

    title: str
    sku: str | None
    shop_id: int
    shop_name: str
    orders: int
    order_id: int


class ToCheck:
    """Statements about what needs a person.  `account_id` None: of every account."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def count(self, account_id: int | None) -> int:
        """How many rows the page has; it shows up to SHOWN of each sort."""
        queries = (_orders(account_id), _mails(account_id), _copies(account_id), _items(account_id))
        numbers = [
            (await self._connection.execute(select(func.count()).select_from(query.subquery()))).scalar_one()
            for query in queries
        ]
        return sum(numbers)

    async def orders(self, account_id: int | None) -> list[DoubtfulOrder]:
        """Orders in doubt, newest first."""
        rows = (await self._connection.execute(_orders(account_id))).mappings()
        return [DoubtfulOrder(**_with_judgement(row)) for row in rows]

    async def mails(self, account_id: int | None) -> list[HeldUpMail]:
        """Unreadable and quarantined mails, newest first."""
        rows = (await self._connection.execute(_mails(account_id))).mappings()
        return [HeldUpMail(**(_with_judgement(row) | {"state": MailState(row["state"])})) for row in rows]

    async def copies(self, account_id: int | None) -> list[FailedCopy]:
        """Copies that were refused for good or given up, newest first."""
        return [FailedCopy(**row) for row in (await self._connection.execute(_copies(account_id))).mappings()]

    async def items(self, account_id: int | None) -> list[LooseItem]:
        """Titles without an article, those of most orders first; the newest items are looked at."""
        return [LooseItem(**row) for row in (await self._connection.execute(_items(account_id))).mappings()]


def _with_judgement(row: Mapping[Any, Any]) -> dict[str, Any]:
    values = dict(row)
    return values | {"judged": judged_of_json(values.pop("trust"))}


def _orders(account_id: int | None) -> Select[Any]:
    return (
        select(
            orders.c.id, orders.c.number, shops.c.name.label("shop_name"), orders.c.customer_name,
            orders.c.created_at, orders.c.problems, orders.c.mail_id, mails.c.trust,
        )
        .join(shops, orders.c.shop_id == shops.c.id)
        .outerjoin(mails, orders.c.mail_id == mails.c.id)
        .where(orders.c.to_check, orders.c.state != DELETED, of_account(orders.c.shop_id, account_id))
        .order_by(orders.c.id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def _mails(account_id: int | None) -> Select[Any]:
    # Each state by its own index: for both at once every mail is looked at, from the newest on, until enough are found.
    halves = [
        select(mails.c.id)
        .where(mails.c.state == state, of_account(mails.c.shop_id, account_id))
        .order_by(mails.c.id.desc())
        .limit(SHOWN)
        .subquery()
        for state in HELD_UP
    ]
    waiting = union_all(*(select(half.c.id) for half in halves)).subquery()
    return (
        select(
            mails.c.id, shops.c.name.label("shop_name"), mails.c.state, mails.c.subject, mails.c.received_at,
            mails.c.reason, mails.c.trust,
        )
        .join(shops, mails.c.shop_id == shops.c.id)
        .where(mails.c.id.in_(select(waiting.c.id)))
        .order_by(mails.c.id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def _copies(account_id: int | None) -> Select[Any]:
    return (
        select(
            jobs.c.id.label("job_id"), mails.c.id.label("mail_id"), shops.c.name.label("shop_name"),
            jobs.c.destination, mails.c.subject, mails.c.received_at, jobs.c.attempts, jobs.c.last_reply,
        )
        .join(mails, jobs.c.mail_id == mails.c.id)
        .outerjoin(shops, mails.c.shop_id == shops.c.id)
        .where(IS_OPEN, jobs.c.state == JobState.FAILED, jobs.c.kind == JobKind.COPY, owned_by(account_id))
        .order_by(jobs.c.id.desc())
        .limit(SHOWN)
    )  # fmt: skip


def _items(account_id: int | None) -> Select[Any]:
    newest = (  # found in the index alone: a shop without SKUs has a hundred thousand of them
        select(order_items.c.order_id)
        .where(order_items.c.article_id.is_(None), of_account(order_items.c.shop_id, account_id))
        .order_by(order_items.c.order_id.desc())
        .limit(LOOKED_AT)
    )
    loose = (
        select(
            order_items.c.title, order_items.c.sku, orders.c.shop_id, shops.c.name.label("shop_name"), orders.c.id,
        )
        .join(orders, order_items.c.order_id == orders.c.id)
        .join(shops, orders.c.shop_id == shops.c.id)
        .where(orders.c.id.in_(newest), order_items.c.article_id.is_(None), orders.c.state != DELETED)
        .subquery()
    )  # fmt: skip
    number = func.count(loose.c.id.distinct())
    which = (loose.c.title, loose.c.sku, loose.c.shop_id, loose.c.shop_name)
    return (
        select(*which, number.label("orders"), func.max(loose.c.id).label("order_id"))
        .group_by(*which)
        .order_by(number.desc(), loose.c.title)
        .limit(SHOWN)
    )
