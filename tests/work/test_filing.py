"""In a rush mails are only put aside before their 250; what becomes of them is what becomes of every mail."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update
from structlog.testing import capture_logs

from smtpd_billbee.errors import StoreAway
from smtpd_billbee.formats.copies import copy_sender
from smtpd_billbee.formats.spooled import put_aside
from smtpd_billbee.model.mail import Arrival, MailState, Recipient
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.store.tables import arrivals, jobs, mails, raws, shops
from smtpd_billbee.work.bell import Bell
from smtpd_billbee.work.filing import SMALL, Filing
from smtpd_billbee.work.intake import Intake
from smtpd_billbee.work.rush import MANY
from tests.conftest import NOON, Clock
from tests.journeys.running import soon
from tests.making import MAIL, SHOP, TO_SHOP, arrival, make_shop
from tests.serving import run, serving, write_config
from tests.work.test_intake import SETTINGS

OPERATOR = Recipient("postmaster@inbound.example")
MANY_MAILS = 40
TABLES = (raws, mails, jobs)


def some(count: int, *recipients: Recipient) -> list[Arrival]:
    """Mails that differ; all synthetic."""
    made = [arrival(MAIL + b"%d\r\n" % number, *recipients) for number in range(count)]
    return [replace(each, queue_id=f"q{number}") for number, each in enumerate(made)]


@asynccontextmanager
async def door(store: Store, filing: Filing) -> AsyncIterator[Intake]:
    """What takes mails; nothing of them is filed."""
    intake = Intake(store, SETTINGS, filing=filing)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.run())
        yield intake
        intake.stop()


async def come(intake: Intake, many: Sequence[Arrival]) -> None:
    """All at once."""
    async with asyncio.TaskGroup() as tasks:
        for each in many:
            tasks.create_task(intake.accept(each))


async def rows(store: Store, *without: str) -> dict[str, list[dict[str, Any]]]:
    """What is in the database, by table."""
    async with store.reading() as tx:
        found = {}
        for table in TABLES:
            all_of_it = (await tx.connection.execute(select(table).order_by(table.c.id))).mappings()
            found[table.name] = [{name: row[name] for name in row if name not in without} for row in all_of_it]
        return found


async def aside(store: Store) -> int:
    """How many wait to be filed."""
    async with store.reading() as tx:
        return await tx.connection.scalar(select(func.count()).select_from(arrivals)) or 0


async def file_all(filing: Filing) -> None:
    """Everything that is aside, and no more."""
    filing.stop()
    await filing.run()


async def lay_aside(store: Store, *octets: bytes) -> None:
    """What a rush left behind."""
    async with store.transaction() as tx:
        await tx.arrivals.add(octets)


async def test_nothing_is_lost_and_nothing_filed_before_the_rush_is_over(store: Store) -> None:
    """When accept() returns, a mail is in the database; when it is filed, it is aside no more, and the roles wake."""
    await make_shop(store)
    bell = Bell()
    filing = Filing(store, SETTINGS, Clock(), (bell,))
    async with door(store, filing) as intake:
        await come(intake, some(MANY_MAILS))
        waiting, filed = await aside(store), await rows(store)
    await file_all(filing)
    after = await rows(store)

    assert MANY_MAILS == waiting + len(filed["mails"])
    assert waiting >= MANY_MAILS - MANY
    assert (0, MANY_MAILS, MANY_MAILS) == (await aside(store), len(after["mails"]), len(after["jobs"]))
    await asyncio.wait_for(bell.wait(60), 1)


async def test_a_full_disk_in_a_rush(tmp_path: Path) -> None:
    """What does not fit is not accepted; what was accepted is all there, and is filed when there is room again."""
    store = await open_store("", tmp_path)
    try:
        await make_shop(store)
        await _limit(store, 60)  # pages: some 25 of these mails
        filing = Filing(store, SETTINGS, Clock())
        many = [replace(each, content=each.content + b"x" * 8192) for each in some(3 * MANY_MAILS)]
        refused: list[BaseException | None] = []
        async with door(store, filing) as intake:
            for start in range(0, len(many), 10):
                coming = (intake.accept(each) for each in many[start : start + 10])
                refused += await asyncio.gather(*coming, return_exceptions=True)
        waiting, filed = await aside(store), len((await rows(store))["mails"])
        await _limit(store, 10_000)
        await file_all(filing)

        assert {StoreAway} == {type(each) for each in refused if each}
        assert refused.count(None) == waiting + filed == len((await rows(store))["mails"])
        assert waiting > 0 == await aside(store)
    finally:
        await store.close()


async def _limit(store: Store, more: int) -> None:
    """So many pages may be added to the file, as if the disk had no more room."""
    async with store.transaction() as tx:
        pages = (await tx.connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + more}")


async def test_the_same_as_without_a_rush(store: Store) -> None:
    """Every column is what it would have been."""
    await make_shop(store)
    many = [*some(MANY_MAILS), *some(3, TO_SHOP, OPERATOR), *some(2, OPERATOR)]
    plain = Intake(store, SETTINGS)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(plain.run())
        await come(plain, many)
        plain.stop()
    at_once = await rows(store, "id", "raw_id", "mail_id")
    async with store.transaction() as tx:
        for table in reversed(TABLES):
            await tx.connection.execute(delete(table))
    await lay_aside(store, *(put_aside(each) for each in many))
    await file_all(Filing(store, SETTINGS, Clock()))

    assert at_once == await rows(store, "id", "raw_id", "mail_id")


async def test_a_mail_that_comes_again(store: Store) -> None:
    """It is one mail, whether its first delivery is filed or still aside."""
    await make_shop(store)
    first = some(MANY_MAILS)
    await lay_aside(store, *(put_aside(each) for each in first))
    filing = Filing(store, SETTINGS, Clock())
    async with door(store, filing) as intake:
        await intake.accept(first[3])
        await come(intake, first)
    await file_all(filing)
    await lay_aside(store, put_aside(first[5]))
    await file_all(filing)

    assert MANY_MAILS == len((await rows(store))["mails"])


async def test_a_shop_that_went_meanwhile(store: Store) -> None:
    """Nobody can be refused any more: a closed shop gets its mail, and that of one that is gone is the operator's."""
    await make_shop(store)
    gone = Recipient("7-jimdo-orderimport@inbound.example", 7, "jimdo")
    await lay_aside(store, put_aside(arrival()), put_aside(replace(arrival(MAIL + b"x", gone), queue_id="q2")))
    async with store.transaction() as tx:
        await tx.connection.execute(update(shops).where(shops.c.id == SHOP).values(active=False))
    await file_all(Filing(store, SETTINGS, Clock()))
    found = {(row["shop_id"], row["state"]) for row in (await rows(store))["mails"]}

    assert {(SHOP, MailState.RECEIVED), (None, MailState.NOT_AN_ORDER)} == found


async def test_its_copy_waits_for_its_reading(store: Store) -> None:
    """However late it is filed: the copy's time begins then, for until then nobody could read the mail."""
    await make_shop(store)
    await lay_aside(store, put_aside(arrival()))
    clock = Clock()
    clock.forward(minutes=3)
    await file_all(Filing(store, replace(SETTINGS, copies_wait=timedelta(seconds=10)), clock))
    (job,) = (await rows(store))["jobs"]

    assert (NOON, clock() + timedelta(seconds=10)) == (job["first_at"], job["next_at"])


async def test_the_database_goes_away_meanwhile(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is that asks it, filing goes on when it is back."""
    await make_shop(store)
    await lay_aside(store, b"no mail at all", put_aside(arrival()))
    filing, answers = Filing(store, SETTINGS, Clock()), iter((True, True, False))
    asked = store.keeping

    async def keeping(work: Any, *, brief: bool = False) -> Any:
        if not next(answers, True):
            raise StoreAway("away")
        return await asked(work, brief=brief)

    monkeypatch.setattr(store, "keeping", keeping)
    await file_all(filing)
    waiting = await aside(store)
    await file_all(filing)

    assert (2, 1) == (waiting, await aside(store))


async def test_a_stop_does_not_wait_for_a_database_that_is_away(store: Store) -> None:
    """Who stops us has little patience; what is aside is filed at the next start."""
    await make_shop(store)
    await lay_aside(store, put_aside(arrival()))
    filing = Filing(store, SETTINGS, Clock())
    filing.stop(is_away=True)
    await filing.run()

    assert 1 == await aside(store)


@pytest.mark.parametrize("at", [0, 5, MANY_MAILS])
async def test_one_that_cannot_be_filed(store: Store, at: int) -> None:
    """It stays where it is, is told once, and keeps nobody else."""
    await make_shop(store)
    octets = [put_aside(each) for each in some(MANY_MAILS)]
    await lay_aside(store, *octets[:at], b"no mail at all", *octets[at:])
    filing = Filing(store, SETTINGS, Clock())
    with capture_logs() as log:
        await file_all(filing)
        await file_all(filing)

    assert (1, MANY_MAILS) == (await aside(store), len((await rows(store))["mails"]))
    assert [("not filed: it stays in the table arrivals", "Damaged")] == [(e["event"], e["error"]) for e in log]


async def test_one_that_the_database_refuses(store: Store) -> None:
    """Its answer sounds as if it were away: it is asked, and only that mail stays; PostgreSQL counts the letters."""
    await make_shop(store)
    long = arrival(MAIL + b"long", Recipient(f"{'x' * 400}@inbound.example"))
    await lay_aside(store, put_aside(long), *(put_aside(each) for each in some(MANY_MAILS)))
    await file_all(Filing(store, SETTINGS, Clock()))
    refused = 0 if store.engines.is_sqlite else 1

    assert (refused, MANY_MAILS + 1 - refused) == (await aside(store), len((await rows(store))["mails"]))


async def test_what_cannot_be_filed_is_left_alone_for_a_while(store: Store) -> None:
    """Others are filed as soon as before, and it is not asked about again with every mail."""
    await make_shop(store)
    await lay_aside(store, b"no mail at all")
    filing = Filing(store, SETTINGS, Clock())
    await file_all(filing)
    await lay_aside(store, put_aside(arrival()))
    asked = []
    file_one = filing._file_one
    filing._file_one = lambda: asked.append(1) or file_one()  # type: ignore[method-assign, func-returns-value]
    await file_all(filing)

    assert ([], 1, 1) == (asked, await aside(store), len((await rows(store))["mails"]))


@pytest.mark.parametrize("first", ["spool", "arrivals"])
async def test_kept_twice_for_the_operator(store: Store, first: str) -> None:
    """A commit that took too long for its sender may succeed, when its mail is in the spool already."""
    await make_shop(store)
    mail = arrival(MAIL, OPERATOR, TO_SHOP)
    intake, filing = Intake(store, SETTINGS), Filing(store, SETTINGS, Clock())
    await lay_aside(store, put_aside(mail))
    for way in (first, "arrivals", "spool"):
        await (file_all(filing) if way == "arrivals" else intake.keep_late(mail))

    assert {OPERATOR.address, TO_SHOP.address} == {row["recipient"] for row in (await rows(store))["mails"]}
    assert 2 == len((await rows(store))["jobs"])


def test_who_reads_files_too(tmp_path: Path) -> None:
    """What the door of a killed node left is no matter of doors alone."""
    write_config(tmp_path)
    asyncio.run(_left_behind(tmp_path / "var"))
    with serving(tmp_path, "--only", "reading"):
        found = asyncio.run(soon(partial(_listed, tmp_path), 60))

    assert 1 == len(found)


async def _left_behind(state_dir: Path) -> None:
    store = await open_store("", state_dir)
    await make_shop(store)
    await lay_aside(store, put_aside(arrival()))
    await store.close()


async def _listed(folder: Path) -> Any:
    return json.loads((await asyncio.to_thread(run, folder, "mail", "list", "--json")).stdout)


async def test_filed_as_soon_as_it_is_quiet(store: Store) -> None:
    """What an earlier run left is filed at the start, and what comes in a rush right after it, without another ring."""
    await make_shop(store)
    await lay_aside(store, put_aside(arrival()))
    filing = Filing(store, SETTINGS, Clock())

    async def none_aside() -> bool:
        return not await aside(store)

    async with asyncio.TaskGroup() as tasks:
        filing_it = tasks.create_task(filing.run())
        async with door(store, filing) as intake:
            await soon(none_aside, 30)
            await come(intake, some(MANY_MAILS))
            await soon(none_aside, 30)
    count = len((await rows(store))["mails"])

    assert filing_it.done()  # the door's end is its end
    assert 1 + MANY_MAILS == count


async def test_what_never_waits(store: Store) -> None:
    """A large mail, and a bounce of a copy, are filed at once in every rush."""
    await make_shop(store)
    large = [replace(arrival(MAIL + b"x" * SMALL), queue_id="large")]
    about = Recipient(copy_sender(7, b"key", "bounce.example"))
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b--\r\n"
    filing = Filing(store, SETTINGS, Clock())
    async with door(store, filing) as intake:
        await come(intake, some(MANY_MAILS))
        for each in (*large, replace(arrival(report, about, TO_SHOP), queue_id="bounce")):
            await come(intake, some(MANY))
            await intake.accept(each)
        found = {row["queue_id"] for row in (await rows(store))["mails"]}

    assert {"large", "bounce"} <= found


async def test_a_row_is_claimed_by_one(store: Store) -> None:
    """Two nodes file at the same time: each arrival once."""
    await make_shop(store)
    await lay_aside(store, *(put_aside(each) for each in some(4 * MANY_MAILS)))
    async with store.transaction() as tx:
        await tx.connection.execute(insert(arrivals), [{"octets": put_aside(arrival(MAIL + b"last"))}])
    await asyncio.gather(*(file_all(Filing(store, SETTINGS, Clock())) for _ in range(3)))

    assert (0, 4 * MANY_MAILS + 1) == (await aside(store), len((await rows(store))["mails"]))
