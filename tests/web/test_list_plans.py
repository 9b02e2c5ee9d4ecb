"""No page looks through a whole table: each question finds its rows by an index, on both databases.

The plans are those of an owner of few among many accounts, in a database that knows how much it holds (ANALYZE).
PostgreSQL is told to pass by an index only where there is none, for it reads small tables as a whole.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store
from smtpd_billbee.store.tables import metadata
from tests.bench import window_data
from tests.bench.window import PAGES
from tests.bench.window_data import FIRST_SHOP, OWNER, Size, fill, own_ids
from tests.web.asking import window_on

LARGE = ("orders", "order_items", "mails", "jobs", "journal")
PARTIAL = {
    str(index.name)
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
MORE = (
    "/orders/new?after=0", "/check/count", "/imports", "/articles/titles", "/settings/notices",
    f"/mails/list?shop={FIRST_SHOP}",
    "/mails/list?state=unreadable", "/mails/list?copy=failed", "/orders/list?filter=state__in=3", "/workbench/compare",
)  # fmt: skip
OF_ALL = ("/", "/check", "/check/count")  # an administrator's; what has an end may begin anywhere

Asked = dict[str, tuple[Any, str, str]]


@contextmanager
def listening(store: Store, asked: Asked, page: list[str]) -> Iterator[None]:
    """Every question, with its parameters and the page that asks it."""

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if re.match(r"\s*(SELECT|WITH)\b", statement):
            asked.setdefault(statement, (parameters, *page))

    engines = {each.sync_engine for each in (store.engines.reader, store.engines.writer)}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def whole_tables(
    connection: AsyncConnection, statement: str, parameters: Any, *, or_index: bool = True
) -> list[str]:
    """What of the large tables is looked at from one end to the other; `or_index`: by an index, which is no better."""
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = (await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)).scalar_one()
        plan = json.loads(plan) if isinstance(plan, str) else plan
        return [name for node in _nodes(plan[0]["Plan"]) if (name := _looked_through(node, or_index))]
    rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    lines = [line for row in rows if (line := str(row[-1])).startswith("SCAN ")]
    return [line for line in lines if line.split()[1] in LARGE and line.split()[-1] not in PARTIAL]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _looked_through(node: dict[str, Any], or_index: bool) -> str:
    if node.get("Relation Name") not in LARGE or node["Node Type"] == "Bitmap Heap Scan":
        return ""
    found = "Index Cond" in node or node.get("Index Name") in PARTIAL
    found = found or (not or_index and "Index Name" in node)
    return "" if found else f"{node['Node Type']} of {node['Relation Name']}"


async def test_no_whole_table(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner's pages and lists, searched and filtered, and an administrator's start page and tasks."""
    monkeypatch.setattr(window_data, "BLOCK", 600)
    monkeypatch.setattr(window_data, "OWN_SHOPS", 1)
    await fill(store, Size(orders=12_000, shops=600, own=24), lambda _: None)
    ids = {name: some[0] for name, some in (await own_ids(store)).items()}
    asked: Asked = {}
    page = ["", ""]
    async with window_on(store) as window:
        await window.user(OWNER, account=OWNER)
        await window.user("admin@example.org", UserRole.ADMINISTRATOR)
        paths = {OWNER: [*(path for _, path in PAGES), *MORE], "admin@example.org": OF_ALL}
        for page[0], theirs in paths.items():
            async with window.signed_in(page[0]) as visitor:
                with listening(store, asked, page):
                    for page[1] in theirs:
                        answer = await visitor.get(page[1].format(n=17, **ids), follow_redirects=True)
                        assert 200 == answer.status_code, page[1]
    found = []
    async with store.reading() as tx:
        for statement, (parameters, who, path) in asked.items():
            looked = await whole_tables(tx.connection, statement, parameters, or_index=who == OWNER)
            found += [(path, what, " ".join(statement.split())) for what in looked]

    assert len(asked) > 60
    assert [] == found


async def test_it_would_be_seen(store: Store) -> None:
    """The test itself: a question without an index, and one with."""
    async with store.reading() as tx:
        none = await whole_tables(tx.connection, "SELECT id FROM orders WHERE customer_name = 'x'", ())
        some = await whole_tables(tx.connection, "SELECT id FROM orders WHERE shop_id = 7", ())

    assert (1, []) == (len(none), some)
