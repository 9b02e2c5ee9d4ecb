"""Importing: the orders of a file become ours, in one transaction, and a run can be undone.

An order is known by shop and number, whether it came by mail or by file.  Nothing is overwritten: a file fills what is
lacking, and where it contradicts, a person looks.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import structlog

from smtpd_billbee.errors import NoSuchThing, Refused, TakenMeanwhile
from smtpd_billbee.formats.order_files import Complaint
from smtpd_billbee.model.imports import ImportRun, NewRun
from smtpd_billbee.model.job import JobKind, NewJob
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.order import KeptOrder, Order
from smtpd_billbee.model.shop import ORDERED, PAID, SHIPPED, Shop, first_state
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.filling import emptied
from smtpd_billbee.work.import_plan import Merge, Plan, planned
from smtpd_billbee.work.ready import Filed, ReadyOrder
from smtpd_billbee.work.saving import COMPLETED_BY_MAIL

log = structlog.get_logger()

AT_ONCE = 500  # orders in one statement
TRIES = 3
MERGED, IMPORTED = "completed from a file", "imported from a file"
HARMLESS = (IMPORTED, "duplicate", COMPLETED_BY_MAIL)  # what is as good when the order's mail is read again

Progress = Callable[[int, int], None]  # how many orders of how many are done
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who imports has said."""

    vat_mode: VatMode = VatMode.SHOWN
    source: str | None = None
    allow_duplicates: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a file holds and what became of it; without `run_id` nothing was changed.  `remarks` are no failures."""

    orders: tuple[Order, ...]
    complaints: tuple[Complaint, ...]
    new: int
    duplicates: int
    merged: int
    failed: int
    run_id: int | None = None
    format: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def complaints_and_remarks(self) -> tuple[Complaint, ...]:
        """All that is said about the file; a remark has no line."""
        return (*self.complaints, *(Complaint(None, remark) for remark in self.remarks))


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a run did: orders removed, orders that lost what the file had added, orders left for a person."""

    removed: int
    restored: int
    left: int


async def vat_mode(store: Store, shop_id: int) -> VatMode:
    """How this shop is set to treat the VAT of its files."""
    async with store.reading() as tx:
        return VatMode((await _shop(tx, shop_id)).rules.vat_mode)


async def preview(store: Store, content: bytes, shop_id: int, wishes: Wishes) -> Result:
    """What importing would do; changes nothing."""
    filed = await asyncio.to_thread(_read, content, wishes.vat_mode)
    async with store.reading() as tx:
        await _shop(tx, shop_id)
        return _result(filed, await _plan(tx, shop_id, filed, wishes))


async def import_file(
    store: Store,
    content: bytes,
    file_name: str,
    shop_id: int,
    wishes: Wishes,
    actor: str,
    now: datetime,
    progress: Progress = lambda done, whole: None,
) -> Result:
    """Import a file.  A run that changes nothing leaves no trace."""
    filed = await asyncio.to_thread(_read, content, wishes.vat_mode)
    for _ in range(TRIES):
        try:
            async with store.transaction() as tx:
                importing = _Importing(tx, await _shop(tx, shop_id), wishes, actor, now, progress)
                result = await importing.all(filed, file_name, sha256(content).hexdigest())
        except TakenMeanwhile:  # by a mail that was read just now
            continue
        counts = {"new": result.new, "merged": result.merged, "duplicates": result.duplicates, "failed": result.failed}
        log.info("imported", run=result.run_id, shop=shop_id, **counts)
        return result
    raise Refused("other orders of this shop came in at the same moment; try again")


async def undo(store: Store, run_id: int, actor: str, now: datetime) -> Undone:
    """Take back what a run did.  Raises NoSuchThing, and Refused for a run that was undone before.

    Orders that only this run made go, unless somebody has worked on them; mails that said the same are read again.
    """
    async with store.transaction() as tx:
        run = await tx.imports.get(run_id)
        if run is None:
            raise NoSuchThing(f"there is no import {run_id}")
        if not await tx.imports.undo(run_id, now):
            raise Refused(f"import {run_id} was undone before")
        undone = await _Undoing(tx, await _shop(tx, run.new.shop_id), run, actor, now).all()
    log.info("import undone", run=run_id, removed=undone.removed, restored=undone.restored, left=undone.left)
    return undone


def _read(content: bytes, mode: VatMode) -> Filed:
    from smtpd_billbee.work.filed import read_filed  # with all that the reader knows of addresses: 10 MiB

    return read_filed(content, mode)


async def _shop(tx: Tx, shop_id: int) -> Shop:
    shop = await tx.shops.get(shop_id)
    if shop is None:
        raise NoSuchThing(f"there is no shop with the number {shop_id}")
    return shop


async def _plan(tx: Tx, shop_id: int, filed: Filed, wishes: Wishes) -> Plan:
    known = await tx.orders.by_numbers(shop_id, [ready.order.number for ready in filed.orders])
    if not wishes.allow_duplicates:
        return planned(filed.orders, known)
    taken = set(known)
    return Plan(tuple([await _renumbered(tx, shop_id, ready, taken) for ready in filed.orders]))


async def _renumbered(tx: Tx, shop_id: int, ready: ReadyOrder, taken: set[str]) -> ReadyOrder:
    """A number belongs to one order only: the second 1042 is '1042 (2)'."""
    number, copies = ready.order.number, 1
    while number in taken or (copies > 1 and await tx.orders.by_number(shop_id, number)):
        copies += 1
        number = f"{ready.order.number} ({copies})"
    taken.add(number)
    return replace(ready, order=replace(ready.order, number=number))


def _result(filed: Filed, plan: Plan, run_id: int | None = None) -> Result:
    complaints = sorted((*filed.complaints, *plan.complaints), key=lambda each: each.line or 0)
    return Result(
        orders=tuple(ready.order for ready in filed.orders),
        complaints=tuple(complaints),
        new=len(plan.new),
        duplicates=plan.duplicates,
        merged=len(plan.merges),
        failed=filed.failed,
        run_id=run_id,
        format=filed.format,
        remarks=filed.remarks,
    )


def _portions(things: Sequence[T]) -> Iterator[Sequence[T]]:
    return (things[start : start + AT_ONCE] for start in range(0, len(things), AT_ONCE))


@dataclass(frozen=True, slots=True)
class _Importing:
    """One run, in the transaction `tx`."""

    tx: Tx
    shop: Shop
    wishes: Wishes
    actor: str
    now: datetime
    progress: Progress

    async def all(self, filed: Filed, file_name: str, checksum: str) -> Result:
        """Write down the run and change the orders."""
        plan = await _plan(self.tx, self.shop.id, filed, self.wishes)
        result = _result(filed, plan)
        if not plan.new and not plan.merges:
            return result
        run_id = await self.tx.imports.add(self._run(result, file_name, checksum, filed.format))
        urls = await self.tx.webhooks.urls(self.shop.account_id)
        whole = len(plan.new) + len(plan.merges)
        for index, some in enumerate(_portions(plan.new)):
            await self._add(some, run_id, urls)
            self.progress(index * AT_ONCE + len(some), whole)
        for index, merge in enumerate(plan.merges, len(plan.new) + 1):
            await self._complete(merge, run_id)
            self.progress(index, whole)
        return replace(result, run_id=run_id)

    def _run(self, result: Result, file_name: str, checksum: str, format: str) -> NewRun:
        return NewRun(
            shop_id=self.shop.id,
            at=self.now,
            actor=self.actor,
            file_name=file_name,
            checksum=checksum,
            format=format,
            source=self.wishes.source,
            vat_mode=self.wishes.vat_mode,
            counts={name: getattr(result, name) for name in ("new", "duplicates", "merged", "failed")},
            complaints=[{"line": each.line, "text": each.text} for each in result.complaints_and_remarks],
        )

    async def _add(self, ready: Sequence[ReadyOrder], run_id: int, urls: Sequence[str]) -> None:
        items = [item for each in ready for item in each.order.items]
        articles = await self.tx.articles.of_items(self.shop.account_id, self.shop.id, items, self.now)
        rows = [(each.order, self._values(each, run_id)) for each in ready]
        ids = await self.tx.orders.add_many(self.shop.id, rows, articles, self.now)
        pairs = list(zip(ids, ready, strict=True))
        await self.tx.journal.write(
            [self._entry(order_id, IMPORTED, _imported(each, run_id)) for order_id, each in pairs]
        )
        await self.tx.jobs.add(
            [NewJob(JobKind.PUSH, url, self.now, self.now, order_id=order_id) for order_id in ids for url in urls]
        )

    def _values(self, ready: ReadyOrder, run_id: int) -> dict[str, Any]:
        rules = self.shop.rules
        state = first_state(ready.order, rules)
        paid_on = self.now.date().isoformat() if state == PAID and rules.set_payment_date else None
        if ready.beside is not None:
            kept = {name: value for name, value in asdict(ready.beside).items() if value is not None}
            doubts = {"to_check": bool(ready.problems), "problems": list(ready.problems)}
            return {"import_id": run_id, "state": state, **doubts, **kept, "tags": list(ready.beside.tags)}
        return {
            "import_id": run_id,
            "state": SHIPPED if ready.shipped_at and state in (ORDERED, PAID) else state,
            "to_check": bool(ready.problems),
            "problems": list(ready.problems),
            "paid_on": paid_on,
            "shipped_on": ready.shipped_at,
        }

    async def _complete(self, merge: Merge, run_id: int) -> None:
        known = merge.known
        if merge.added:
            articles = await self.tx.articles.of_items(self.shop.account_id, self.shop.id, merge.order.items, self.now)
            # An order that a file made belongs to that run: undoing it must find the order.
            belongs = {} if known.mail_id is None else {"import_id": run_id}
            await self.tx.orders.replace(known.id, merge.order, articles, belongs, self.now)
        if merge.problems:
            await self.tx.orders.mark(known.id, [*known.problems, *merge.problems], self.now)
        detail = {
            "import": run_id,
            "added": dict(merge.added),
            "problems": list(merge.problems),
            "to_check_before": known.to_check,
            "import_before": known.import_id,
        }
        await self.tx.journal.write([self._entry(known.id, MERGED, detail)])

    def _entry(self, order_id: int, action: str, detail: dict[str, Any]) -> Entry:
        return Entry(self.now, self.actor, action, self.shop.account_id, self.shop.id, order_id, detail=detail)


def _imported(ready: ReadyOrder, run_id: int) -> dict[str, Any]:
    return {"import": run_id, "number": ready.order.number, "line": ready.line, "problems": list(ready.problems)}


@dataclass(frozen=True, slots=True)
class _Undoing:
    """Undoing one run, in the transaction `tx`."""

    tx: Tx
    shop: Shop
    run: ImportRun
    actor: str
    now: datetime

    async def all(self) -> Undone:
        """Remove, restore, and mark what is left for a person; all of it noted."""
        removed = await self._remove()
        restored = await self._restore()
        left = await self._mark_the_rest(restored)
        detail = {"import": self.run.id, "removed": list(removed.values())}
        await self.tx.journal.write([self._entry(None, "import undone", detail)])
        return Undone(len(removed), len(restored), left)

    async def _remove(self) -> dict[int, str]:
        untouched = await self.tx.orders.untouched(self.run.id, HARMLESS)
        for ids in _portions(list(untouched)):
            await self.tx.mails.forget_orders(ids, self.now)
            await self.tx.jobs.forget_orders(ids)
            await self.tx.journal.forget_orders(ids)
            await self.tx.orders.remove(ids)
        return untouched

    async def _restore(self) -> set[int]:
        """Take from known orders what this run had added to them, as far as it still stands there."""
        restored = set()
        for entry in await self.tx.journal.of_shop(self.shop.id, MERGED, self.run.new.at):
            if entry.detail["import"] != self.run.id or entry.order_id is None:
                continue
            kept = await self.tx.orders.get(entry.order_id)
            if kept is not None:
                await self._restore_one(kept, entry.detail)
                restored.add(kept.id)
        return restored

    async def _restore_one(self, kept: KeptOrder, detail: dict[str, Any]) -> None:
        order = emptied(kept.order, detail["added"])
        problems = [each for each in kept.problems if each not in detail["problems"]]
        mine = kept.import_id == self.run.id
        values = {
            "problems": problems,
            "to_check": kept.to_check and (bool(problems) or detail["to_check_before"]),
            "import_id": detail["import_before"] if mine else kept.import_id,
        }
        articles = await self.tx.articles.of_items(self.shop.account_id, self.shop.id, order.items, self.now)
        await self.tx.orders.replace(kept.id, order, articles, values, self.now)
        await self.tx.journal.write([self._entry(kept.id, "completion undone", {"import": self.run.id})])

    async def _mark_the_rest(self, restored: set[int]) -> int:
        """Orders that this run made and somebody has worked on since stay; a person must decide."""
        rest = [
            kept
            for kept in await self.tx.orders.of_import(self.run.id)
            if kept.mail_id is None and kept.id not in restored
        ]
        for kept in rest:
            problem = f"import {self.run.id}, which made this order, was undone"
            await self.tx.orders.mark(kept.id, [*kept.problems, problem], self.now)
            await self.tx.journal.write([self._entry(kept.id, "import undone", {"import": self.run.id})])
        return len(rest)

    def _entry(self, order_id: int | None, action: str, detail: dict[str, Any]) -> Entry:
        return Entry(self.now, self.actor, action, self.shop.account_id, self.shop.id, order_id, detail=detail)
