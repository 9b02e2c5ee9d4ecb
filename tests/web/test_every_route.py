"""Every route of the window, tried by everybody: what is another account's is as if it were not there."""

import io
import re
import sqlite3
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.routing import Route

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import open_store
from tests.web.asking import Visitor, Window, window_on
from tests.web.filled import ADMIN, Side, fill, order_file, two_sides
from tests.web.routes import ACTS, NOWHERE, PAGES, Foreign, Line, routes_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
STAFF = (UserRole.READER, UserRole.CLERK, UserRole.OWNER)
EVERYBODY = (*STAFF, UserRole.ADMINISTRATOR)
NUMBERS = ("order", "read order", "doubtful", "mail", "unreadable", "quarantined", "unproved", "mark", "activation",
           "run", "article", "pot", "view", "other title", "item", "user", "shop", "account", "sign", "title",
           "stray", "word")  # fmt: skip
NOTHING = dict.fromkeys(NUMBERS, NOWHERE) | dict.fromkeys(("seen order", "seen doubtful"), "2026-01-01T00:00:00+00:00")
FLASH = "starlette_admin_flash"
Rows = Mapping[str, set[Any]]


@dataclass
class Filled:
    """Two accounts, and everybody signed in.  `file`: the database."""

    window: Window
    own: Side
    other: Side
    file: Path
    people: dict[UserRole, Visitor]
    stranger: Visitor
    waiting: dict[UserRole, str]  # the word of each one's file that waits to be imported
    foreign_word: str

    def rows(self, account: int | None = None) -> Rows:
        """What stands in the database; of one account, what names it."""
        with closing(sqlite3.connect(self.file)) as base:
            tables = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            if account is not None:
                tables = [name for name in tables if self._names_account(base, name)]
            only = "" if account is None else f" WHERE account_id = {account}"
            return {table: set(base.execute(f"SELECT * FROM {table}{only}")) for table in tables}

    def _names_account(self, base: sqlite3.Connection, table: str) -> bool:
        return "account_id" in {column[1] for column in base.execute(f"PRAGMA table_info({table})")}

    async def own_numbers(self, role: UserRole) -> Mapping[str, Any]:
        """What somebody of the account puts into an address."""
        return await self._numbers(self.own, self.waiting.get(role, NOWHERE))

    async def foreign_numbers(self) -> Mapping[str, Any]:
        """What he puts there to see what is not his."""
        return await self._numbers(self.other, self.foreign_word)

    async def _numbers(self, side: Side, word: str) -> Mapping[str, Any]:
        seen = {}
        async with self.window.store.reading() as tx:
            for name in ("order", "doubtful"):
                whole = await tx.order_pages.get(None, side.ids[name])
                assert whole
                seen[f"seen {name}"] = whole.changed_at.isoformat()
        told = {"shop": side.shop, "account": side.account, "sign": side.sign, "title": side.title, "stray": side.stray}
        return {**side.ids, **seen, **told, "word": word}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Filled]:
    """The window, filled once: only the last test changes something."""
    folder = tmp_path_factory.mktemp("window")
    store = await open_store("", folder)
    async with window_on(store) as window, _filled(window, folder) as found:
        yield found
    await store.close()


@asynccontextmanager
async def _filled(window: Window, folder: Path) -> AsyncIterator[Filled]:
    own, other = two_sides()
    await fill(window, own, other)
    async with AsyncExitStack() as stack:
        people = {
            role: await stack.enter_async_context(window.signed_in(email))
            for role, email in {**own.people, UserRole.ADMINISTRATOR: ADMIN}.items()
        }
        foreign = await stack.enter_async_context(window.signed_in(other.email))
        stranger = await stack.enter_async_context(window.visitor())
        may_import = (UserRole.CLERK, UserRole.OWNER, UserRole.ADMINISTRATOR)
        waiting = {role: await _upload(people[role], own) for role in may_import}
        yield Filled(
            window,
            own,
            other,
            folder / "smtpd-billbee.sqlite3",
            people,
            stranger,
            waiting,
            await _upload(foreign, other),
        )


async def _upload(visitor: Visitor, side: Side) -> str:
    """Bring a file up to its preview; its word."""
    file = {"file": ("orders.csv", order_file(side, 8, 9))}
    answer = await visitor.post("/imports/new", files=file, shop=str(side.shop), vat_mode="0", format="")
    return answer.headers["location"].rpartition("/")[2]


def words_of(answer: httpx.Response) -> str:
    """What can be read in it, in a table's file as well."""
    if not answer.content.startswith(b"PK"):
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


def plain(answer: httpx.Response, line: Line, *numbers: Mapping[str, Any]) -> tuple[int, str, str]:
    """The answer without what differs each time, and without the numbers that were asked for."""
    values = {
        str(said[name])
        for said in numbers
        for name in re.findall(r"{([^}]+)}", " ".join((line.at, *line.fields.values())))
    }
    text = re.sub(r'nonce="[^"]+"|name="csrftoken" value="[^"]+"', "", words_of(answer))
    parts = [answer.headers.get("location", ""), text]
    for value in sorted(values, key=len, reverse=True):
        parts = [part.replace(value, "#") for part in parts]
    return answer.status_code, parts[0], parts[1]


async def look(visitor: Visitor, line: Line, numbers: Mapping[str, Any]) -> httpx.Response:
    """Ask for a page."""
    return await visitor.get(line.at.format_map(numbers))


async def act(visitor: Visitor, line: Line, numbers: Mapping[str, Any], with_token: bool = True) -> httpx.Response:
    """Send what its form or its script would send; what an act before wants to say is not waited for."""
    if FLASH in visitor.client.cookies:
        visitor.client.cookies.delete(FLASH)
    token = visitor.client.cookies.get("starlette_admin_csrftoken", "").strip('"')
    sent: dict[str, Any] = {"data": {name: value.format_map(numbers) for name, value in line.fields.items()}}
    if line.file.endswith(".csv"):
        sent["files"] = {"file": (line.file, b"Nr.\r\n1\r\n")}
    elif line.file:
        sent = {"content": line.file.encode()}
    headers = {"x-csrftoken": token} if with_token else {}
    return await visitor.client.post(line.at.format_map(numbers), headers=headers, **sent)


async def test_every_route_is_in_the_table(filled: Filled) -> None:
    """Else a new page would be tried by nobody."""
    table = {*(("GET", line.route) for line in PAGES), *(("POST", line.route) for line in ACTS)}

    assert table == set(routes_of(filled.window.app.routes))


async def test_a_new_route_is_seen(filled: Filled) -> None:
    """The test above can fail."""
    routes, new = filled.window.app.routes, Route("/new/{order:int}", lambda request: None, methods=["POST"])

    assert {("POST", "/new/{order:int}")} == set(routes_of([*routes, new])) - set(routes_of(routes))


async def test_every_page(filled: Filled) -> None:
    """Who may look sees his own and nothing of others; a foreign number is as one that nothing has."""
    wrong: list[str] = []
    foreign = await filled.foreign_numbers()
    for role, visitor in filled.people.items():
        own = await filled.own_numbers(role)
        for line in PAGES:
            answer = await look(visitor, line, own)
            if answer.status_code not in expected(line, role):
                wrong.append(f"{role} {line.at}: {answer.status_code}")
            if role in STAFF:
                wrong += [f"{role} {line.at}: {word}" for word in filled.other.words if word in words_of(answer)]
            if role in STAFF and line.has_number:
                there, nowhere = [await look(visitor, line, numbers) for numbers in (foreign, NOTHING)]
                wrong += hidden(line, role, there, nowhere, foreign)

    assert [] == wrong, "\n".join(wrong)


async def test_a_foreign_number_is_one_of_something(filled: Filled) -> None:
    """The test above would be worth nothing if there were nothing at these addresses: the administrator sees it."""
    foreign = await filled.foreign_numbers()
    wrong = []
    for line in PAGES:
        if line.has_number and not line.nobody and "{word}" not in line.at:
            answer = await look(filled.people[UserRole.ADMINISTRATOR], line, foreign)
            if answer.status_code != line.status:
                wrong.append(f"{line.at}: {answer.status_code}")

    assert [] == wrong, "\n".join(wrong)


async def test_signed_out(filled: Filled) -> None:
    """Whoever is not signed in is led to sign in, by every page and every act, and changes nothing."""
    own, wrong, before = await filled.own_numbers(UserRole.OWNER), [], filled.rows()
    await filled.stranger.get("/login")
    for line in (*PAGES, *ACTS):
        if line.least is not None:
            answer = await (look if line in PAGES else act)(filled.stranger, line, own)
            if (303, "/login") != (answer.status_code, answer.headers.get("location", "").split("?")[0][-6:]):
                wrong.append(f"{line.at}: {answer.status_code} {answer.headers.get('location')}")

    assert [] == wrong, "\n".join(wrong)
    assert before == filled.rows()


async def test_every_act(filled: Filled) -> None:
    """A foreign number, a role that does not suffice, a form without its token: nothing is changed.

    What is then done with one's own changes something: the refusals before are no matter of a form filled wrongly.
    """
    wrong = [*await _foreign(filled), *await _without_token(filled), *await _too_small_a_role(filled)]
    wrong += await _own(filled)

    assert [] == wrong, "\n".join(wrong)


async def _foreign(filled: Filled) -> list[str]:
    foreign, before, wrong = await filled.foreign_numbers(), filled.rows(), []
    for line in ACTS:
        if line.has_number and line.foreign is not Foreign.UNREAD:
            for role in STAFF:
                there, nowhere = [await act(filled.people[role], line, numbers) for numbers in (foreign, NOTHING)]
                wrong += hidden(line, role, there, nowhere, foreign)
                wrong += changed(f"{role} {line.at} of others", before, filled.rows())
    return wrong


async def _without_token(filled: Filled) -> list[str]:
    own, before, wrong = await filled.own_numbers(UserRole.OWNER), filled.rows(), []
    for line in ACTS:
        answer = await act(filled.people[UserRole.OWNER], line, own, with_token=False)
        if (403, True) != (answer.status_code, "The page was open too long" in answer.text):
            wrong.append(f"{line.at} without token: {answer.status_code}")
        wrong += changed(f"{line.at} without token", before, filled.rows())
    return wrong


async def _too_small_a_role(filled: Filled) -> list[str]:
    before, wrong = filled.rows(), []
    for role in EVERYBODY:
        own = await filled.own_numbers(role)
        for line in ACTS:
            if line.nobody or (line.least is not None and not suffices(role, line.least)):
                answer = await act(filled.people[role], line, own)
                if answer.status_code not in expected(line, role):
                    wrong.append(f"{role} {line.at}: {answer.status_code}")
                wrong += changed(f"{role} {line.at}", before, filled.rows())
    return wrong


async def _own(filled: Filled) -> list[str]:
    """One act after the other, by the owner where his role suffices.  Whatever is done, the others keep theirs."""
    others, wrong = filled.rows(filled.other.account), []
    foreign = await filled.foreign_numbers()
    for line in ACTS:
        role = UserRole.ADMINISTRATOR if line.least is UserRole.ADMINISTRATOR else line.by
        if line.nobody:
            continue
        before = filled.rows()
        numbers = foreign if line.foreign is Foreign.UNREAD else await filled.own_numbers(role)
        answer = await act(filled.people[role], line, numbers)
        if answer.status_code != line.status:
            wrong.append(f"own {line.at}: {answer.status_code} {answer.text[:200]}")
        if line.changes != (before != filled.rows()):
            wrong.append(f"own {line.at}: {'nothing' if line.changes else 'something'} was changed")
        wrong += changed(f"own {line.at}", others, filled.rows(filled.other.account))
    return wrong


def suffices(role: UserRole, least: UserRole) -> bool:
    """Whether `role` may do what `least` may."""
    return EVERYBODY.index(role) >= EVERYBODY.index(least)


def expected(line: Line, role: UserRole) -> tuple[int, ...]:
    """The status of an answer to somebody of that role about what is his."""
    if line.nobody:
        return (400, 403, 404)
    return (line.status,) if line.least is None or suffices(role, line.least) else (line.refused,)


def hidden(
    line: Line, role: UserRole, there: httpx.Response, nowhere: httpx.Response, foreign: Mapping[str, Any]
) -> list[str]:
    """What is wrong with the answer about a foreign thing, beside that about nothing."""
    wrong = []
    may = line.least is not None and suffices(role, line.least)
    if line.nobody or not may:
        allowed = (*expected(line, role), 404)
    else:
        allowed = (404,) if line.foreign is Foreign.HIDDEN else (nowhere.status_code,)
    if there.status_code not in allowed:
        wrong.append(f"{role} {line.at} of others: {there.status_code} instead of {allowed}")
    if plain(there, line, foreign, NOTHING) != plain(nowhere, line, foreign, NOTHING):
        wrong.append(f"{role} {line.at} of others: not as nothing")
    return wrong


def changed(what: str, before: Rows, after: Rows) -> list[str]:
    """The tables that are not as before."""
    return [f"{what}: {table}" for table in before if before[table] != after[table]]
