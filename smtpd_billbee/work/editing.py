"""A person changes orders: fields, items, states, tags; accepts what was in doubt.  Each change is in the journal.

Whoever changes one order says how he has `seen` it; if somebody changed it since then, nothing is overwritten.
Several orders at once are changed as they are now: a state or a tag overwrites nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from smtpd_billbee.errors import ChangedMeanwhile, NoSuchThing, Refused, TakenMeanwhile
from smtpd_billbee.model.journal import EDITED, Entry
from smtpd_billbee.model.order import Order
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.model.shop import CANCELED, DELETED, ORDERED, PAID, SHIPPED, STATES, UNPAID, UNSHIPPED
from smtpd_billbee.store.store import Store, Tx
from smtpd_billbee.work.changes import changes, problem_changes
from smtpd_billbee.work.rejudging import judged_anew
from smtpd_billbee.work.storable import storable

MOST_TAGS = 50
LONGEST_TAG = 60  # letters
STATE_CHANGED = "state changed"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Beside:
    """What a person keeps beside what the mail says."""

    tags: tuple[str, ...] = ()
    comment: str | None = None
    paid_on: str | None = None
    shipped_on: str | None = None


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes orders, and when; of an account, or (None) of any."""

    store: Store
    account_id: int | None
    actor: str
    now: datetime

    async def edit(self, order_id: int, seen: datetime, order: Order, beside: Beside) -> bool:
        """Put an order to this.  False: it was so already.  Raises NoSuchThing, ChangedMeanwhile, Refused."""
        order, beside = storable(order), storable(beside)
        async with self.store.transaction() as tx:
            whole = await self._seen(tx, order_id, seen)
            found = (*changes(whole.kept.order, order), *_beside_changes(whole, beside))
            if not found:
                return False
            values = asdict(beside) | {"tags": list(checked_tags(beside.tags)), "provenance": _provenance(whole, order)}
            doubts = judged_anew(whole.kept.problems, whole.kept.order, order)
            is_settled = bool(whole.kept.problems) and not doubts
            if doubts != whole.kept.problems:
                values |= {"problems": list(doubts), "to_check": not is_settled}
            try:
                done = await tx.order_pages.change_fields(order_id, order, values, self.now, seen)
            except TakenMeanwhile:
                raise Refused(f"the shop has another order with the number {order.number}") from None
            if not done:
                raise ChangedMeanwhile
            if order.items != whole.kept.order.items:
                shop_id = whole.kept.shop_id
                articles = await tx.articles.of_items(whole.account_id, shop_id, order.items, self.now)
                await tx.order_pages.put_items(shop_id, order_id, order, articles)
            if is_settled:
                await tx.order_pages.settle_mails(order_id)
            await self._note(tx, whole, EDITED, {"changes": [*found, *problem_changes(whole.kept.problems, doubts)]})
            return True

    async def accept(self, order_id: int, seen: datetime) -> None:
        """Nobody needs to look at the order any more; what was in doubt stays in the journal."""
        async with self.store.transaction() as tx:
            whole = await self._seen(tx, order_id, seen)
            values: dict[str, Any] = {"to_check": False, "problems": []}
            await self._change(tx, whole, values, seen)
            await tx.order_pages.settle_mails(order_id)
            await self._note(tx, whole, "accepted", {"problems": list(whole.kept.problems)})

    async def set_state(self, order_ids: Collection[int], state: int, seen: datetime | None = None) -> int:
        """Put orders to a state of Billbee's; paid and shipped ones get today's date.  How many they were."""
        if state not in STATES:
            raise Refused(f"there is no state {state}")
        async with self.store.transaction() as tx:
            others = [whole for whole in await self._wanted(tx, order_ids, seen) if whole.kept.state != state]
            for whole in others:
                await self._put_state(tx, whole, state, seen)
        return len(others)

    async def restore(self, order_ids: Collection[int], seen: datetime | None = None) -> int:
        """Deleted orders get the state back that they had before.  How many they were."""
        async with self.store.transaction() as tx:
            deleted = [whole for whole in await self._wanted(tx, order_ids, seen) if whole.kept.state == DELETED]
            for whole in deleted:
                before = _state_before(await tx.journal.of_order(whole.kept.id))
                await self._put_state(tx, whole, before, seen)
        return len(deleted)

    async def tag(self, order_ids: Collection[int], add: Sequence[str], remove: Sequence[str] = ()) -> int:
        """Put tags to orders, and take others from them.  How many were changed.  Raises Refused."""
        add, remove = checked_tags(storable(tuple(add))), clean_tags(remove)
        changed = 0
        async with self.store.transaction() as tx:
            for whole in await self._wanted(tx, order_ids, None):
                tags = checked_tags([*(each for each in whole.tags if each not in remove), *add])
                if tags != whole.tags:
                    await self._change(tx, whole, {"tags": list(tags)}, None)
                    await self._note(tx, whole, "tagged", {"before": list(whole.tags), "after": list(tags)})
                    changed += 1
        return changed

    async def _put_state(self, tx: Tx, whole: WholeOrder, state: int, seen: datetime | None) -> None:
        values: dict[str, Any] = {"state": state}
        today = self.now.date().isoformat()
        if state == PAID and not whole.paid_on:
            values["paid_on"] = today
        if state == SHIPPED and not whole.shipped_on:
            values["shipped_on"] = today
        over = _days_over(whole, state)
        await self._change(tx, whole, values | dict.fromkeys(over), seen)
        gone = {"changes": [f"{name}: {day}, now {NONE}" for name, day in over.items()]} if over else {}
        await self._note(tx, whole, STATE_CHANGED, {"before": whole.kept.state, "after": state} | gone)

    async def _wanted(self, tx: Tx, order_ids: Collection[int], seen: datetime | None) -> list[WholeOrder]:
        """Each of them must be there: a foreign one is none."""
        found = await tx.order_pages.some(self.account_id, order_ids)
        if len(found) != len(set(order_ids)):
            raise NoSuchThing("there is no such order")
        if seen is not None and any(whole.changed_at != seen for whole in found):
            raise ChangedMeanwhile
        return found

    async def _seen(self, tx: Tx, order_id: int, seen: datetime) -> WholeOrder:
        return (await self._wanted(tx, [order_id], seen))[0]

    async def _change(self, tx: Tx, whole: WholeOrder, values: Mapping[str, Any], seen: datetime | None) -> None:
        if not await tx.order_pages.change(whole.kept.id, values, self.now, seen):
            raise ChangedMeanwhile

    async def _note(self, tx: Tx, whole: WholeOrder, action: str, detail: dict[str, Any]) -> None:
        entry = Entry(
            at=self.now, actor=self.actor, action=action, account_id=whole.account_id, shop_id=whole.kept.shop_id,
            order_id=whole.kept.id, detail=detail,
        )  # fmt: skip
        await tx.journal.write([entry])


def clean_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """Each once, in their sequence, without blanks around them; the empty ones go."""
    bare = (" ".join(tag.split()) for tag in tags)
    return tuple(dict.fromkeys(tag for tag in bare if tag))


def checked_tags(tags: Sequence[str]) -> tuple[str, ...]:
    """The same; nothing is cut.  Raises Refused for a tag that is too long, or for too many."""
    cleaned = clean_tags(tags)
    if any(len(tag) > LONGEST_TAG for tag in cleaned):
        raise Refused(f"a tag has {LONGEST_TAG} characters at most")
    if len(cleaned) > MOST_TAGS:
        raise Refused(f"an order has {MOST_TAGS} tags at most")
    return cleaned


def _beside_changes(whole: WholeOrder, beside: Beside) -> list[str]:
    """Comments are the owner's own words: the journal says that there is another one, not what it was."""
    found = []
    if (tags := clean_tags(beside.tags)) != whole.tags:
        found.append(f"tags: {', '.join(whole.tags) or 'none'}, now {', '.join(tags) or 'none'}")
    if (beside.comment or None) != whole.comment:
        found.append("comment")
    for name in ("paid_on", "shipped_on"):
        was, now = getattr(whole, name), getattr(beside, name)
        if was != now:
            found.append(f"{name}: {was or NONE}, now {now or NONE}")
    return found


def _provenance(whole: WholeOrder, order: Order) -> dict[str, Any]:
    """Where the mail says it; items that are others than the mail's have no place there any more."""
    same = len(order.items) == len(whole.kept.order.items)
    return {name: asdict(origin) for name, origin in whole.provenance.items() if same or not name.startswith("items.")}


def _days_over(whole: WholeOrder, state: int) -> dict[str, str]:
    """The days that hold no more, as the order goes back to a state before them; one in the bin only waits there."""
    was = whole.kept.state
    days = (("paid_on", whole.paid_on, UNPAID), ("shipped_on", whole.shipped_on, UNSHIPPED))
    return {
        name: day
        for name, day, not_yet in days
        if day and state in not_yet and was not in not_yet and was not in (DELETED, CANCELED)
    }


def _state_before(entries: Sequence[Entry]) -> int:
    """The state that an order had before it was deleted."""
    for entry in reversed(entries):
        if entry.action == STATE_CHANGED and entry.detail.get("after") == DELETED:
            return int(entry.detail["before"])
    return ORDERED
