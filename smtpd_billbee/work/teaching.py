"""Teaching: an owner's own words for the reader, checked and noted."""

import asyncio
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from smtpd_billbee import reader
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.journal import Entry
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.store import Store, Tx

LONGEST = 100
FIELDS, LANGUAGES = reader.FIELDS, reader.LANGUAGES
KeptLabel = tuple[int | None, TaughtLabel]


async def teach(store: Store, label: TaughtLabel, shop_id: int | None, actor: str, now: datetime) -> None:
    """Keep a label, for one shop or (None) for all.  Raises Refused for words that cannot be a label."""
    _check(label)
    async with store.transaction() as tx:
        await _shop_there(tx, shop_id)
        await tx.labels.add(label, shop_id, now)
        await tx.journal.write([_entry("label taught", label, shop_id, actor, now)])


async def other_meanings(store: Store, label: TaughtLabel, shop_ids: Sequence[int | None]) -> tuple[str, ...]:
    """The other fields that these words mean already, to the readers of these shops' mails.

    What is taught outweighs the word lists: whoever teaches such words should know what they say so far.  Raises
    Refused for words that cannot be a label.
    """
    _check(label)
    async with store.reading() as tx:
        taught = await tx.labels.for_shops({shop_id or 0 for shop_id in shop_ids})
    named: set[str] = set()
    for labels in taught.values():
        named |= await asyncio.to_thread(reader.fields_named, label.words, tuple(labels))
    return tuple(field for field in reader.FIELDS if field in named - {label.field})


async def forget(store: Store, label: TaughtLabel, shop_id: int | None, actor: str, now: datetime) -> None:
    """Take a label away again.  Raises NoSuchThing when it was never taught."""
    async with store.transaction() as tx:
        if not await tx.labels.remove(label, shop_id):
            raise NoSuchThing(f"{label.words!r} was never taught as {label.language} {label.field}; see `label list`")
        await tx.journal.write([_entry("label forgotten", label, shop_id, actor, now)])


async def taught(store: Store) -> list[KeptLabel]:
    """Every taught label with its shop; None: for all shops."""
    async with store.reading() as tx:
        return await tx.labels.all()


def _check(label: TaughtLabel) -> None:
    if label.language not in reader.LANGUAGES:
        raise Refused(f"{label.language!r} is not a language of the reader: {', '.join(reader.LANGUAGES)}")
    if label.field not in reader.FIELDS:
        raise Refused(f"{label.field!r} is not a field of the reader: {', '.join(reader.FIELDS)}")
    if len(label.words) > LONGEST:
        raise Refused(f"a label has {LONGEST} characters at most, not {len(label.words)}")
    if not is_telling(label.words):
        raise Refused(
            f"{label.words!r} is too short for a label: it needs two letters, or one Chinese or Japanese sign"
        )


def is_telling(words: str) -> bool:
    """Can it be a label?  A single letter or a number stands in any mail; a single ideograph is a word ('計')."""
    letters = [letter for letter in unicodedata.normalize("NFKC", words) if letter.isalpha()]
    return len(letters) > 1 or any(unicodedata.name(each, "").startswith("CJK UNIFIED") for each in letters)


async def _shop_there(tx: Tx, shop_id: int | None) -> None:
    if shop_id is not None and await tx.shops.get(shop_id) is None:
        raise NoSuchThing(f"there is no shop with the number {shop_id}")


def _entry(action: str, label: TaughtLabel, shop_id: int | None, actor: str, now: datetime) -> Entry:
    detail = {"language": label.language, "field": label.field, "words": label.words}
    return Entry(now, actor, action, shop_id=shop_id, detail=detail)
