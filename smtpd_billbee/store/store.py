"""Store: transactions, and in each of them the statements by the thing they are about."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from smtpd_billbee.errors import NoSuchThing, StartError, StoreAway
from smtpd_billbee.store import migrations
from smtpd_billbee.store.accounts import Accounts
from smtpd_billbee.store.arrivals import Arrivals
from smtpd_billbee.store.article_changes import ArticleChanges
from smtpd_billbee.store.article_lists import ArticleLists
from smtpd_billbee.store.articles import Articles
from smtpd_billbee.store.away import advice, is_away, is_collision, reason
from smtpd_billbee.store.books import Books, CommonBooks
from smtpd_billbee.store.database_server import DatabaseServer
from smtpd_billbee.store.engine import Engines, postgresql_engines, spoken, sqlite_engines
from smtpd_billbee.store.evidence import KeptEvidence
from smtpd_billbee.store.import_lists import ImportLists
from smtpd_billbee.store.imports import Imports
from smtpd_billbee.store.jobs import Jobs
from smtpd_billbee.store.journal import Journal
from smtpd_billbee.store.keys import MOVED, Keys
from smtpd_billbee.store.labels import Labels
from smtpd_billbee.store.mail_lists import MailLists
from smtpd_billbee.store.mails import Mails
from smtpd_billbee.store.notices import Notices
from smtpd_billbee.store.order_lists import OrderLists
from smtpd_billbee.store.order_pages import OrderPages
from smtpd_billbee.store.orders import Orders
from smtpd_billbee.store.overview import Overview
from smtpd_billbee.store.packing import Packed, pack, pack_into_file
from smtpd_billbee.store.recognition import Recognising
from smtpd_billbee.store.reports import Reports
from smtpd_billbee.store.retention import Retention
from smtpd_billbee.store.revisits import Revisits
from smtpd_billbee.store.saved_views import SavedViews
from smtpd_billbee.store.sessions import Sessions
from smtpd_billbee.store.shop_lists import ShopLists
from smtpd_billbee.store.shops import Shops
from smtpd_billbee.store.sqlite_books import kept
from smtpd_billbee.store.sqlite_driver import briefly
from smtpd_billbee.store.to_check import ToCheck
from smtpd_billbee.store.trust import Trust
from smtpd_billbee.store.users import Users
from smtpd_billbee.store.webhooks import Webhooks

FILE = "smtpd-billbee.sqlite3"  # in the folder of the state
COLLISIONS = 5  # with other nodes, before a transaction fails
T = TypeVar("T")


class Tx:
    """One open transaction: `tx.mails.raw(7)`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.accounts = Accounts(connection)
        self.article_changes = ArticleChanges(connection)
        self.article_lists = ArticleLists(connection)
        self.articles = Articles(connection)
        self.arrivals = Arrivals(connection)
        self.database_server = DatabaseServer(connection)
        self.evidence = KeptEvidence(connection)
        self.import_lists = ImportLists(connection)
        self.imports = Imports(connection)
        self.jobs = Jobs(connection)
        self.journal = Journal(connection)
        self.keys = Keys(connection)
        self.labels = Labels(connection)
        self.mail_lists = MailLists(connection)
        self.mails = Mails(connection)
        self.order_lists = OrderLists(connection)
        self.order_pages = OrderPages(connection)
        self.orders = Orders(connection)
        self.shop_lists = ShopLists(connection)
        self.overview = Overview(connection)
        self.recognition = Recognising(connection)
        self.reports = Reports(connection)
        self.notices = Notices(connection)
        self.orders = Orders(connection)
        self.retention = Retention(connection)
        self.revisits = Revisits(connection)
        self.saved_views = SavedViews(connection)
        self.sessions = Sessions(connection)
        self.shops = Shops(connection)
        self.to_check = ToCheck(connection)
        self.trust = Trust(connection)
        self.users = Users(connection)
        self.webhooks = Webhooks(connection)
        self.books: Books = CommonBooks(self.shops, self.mails, self.jobs, self.arrivals)


class Store:
    """The database.  Every method raises StoreAway when it cannot be used just now."""

    def __init__(self, engines: Engines, where: str) -> None:
        self.engines = engines
        self.where = where

    @asynccontextmanager
    async def transaction(self, *, brief: bool = False) -> AsyncIterator[Tx]:
        """Read and write; committed, hence durable, when the block ends without an error.

        On SQLite there is one writer: the block waits for its turn, so it should be short.  `brief`: each statement
        is about a few rows, found by their keys; the loop waits for it.
        """
        async with self._connected(self.engines.writer) as connection, connection.begin():
            with briefly(connection) if brief else nullcontext():
                yield Tx(connection)

    async def keeping(self, work: Callable[[Books], Awaitable[T]], *, brief: bool = False) -> T:
        """A transaction in which arrivals are kept, and nothing else; `work` waits for nothing but the books.

        On SQLite it takes a tenth of the time of another one (sqlite_books.py).  `brief`: the loop waits for it.
        """
        if not self.engines.is_sqlite:
            return await self.repeated(lambda tx: work(tx.books))
        with _away_told():
            return await kept(self.engines.writer, work, brief=brief)

    async def packed(self, content: bytes) -> Packed:
        """A large content, packed before a transaction that would have to wait for it.  To be closed."""
        if self.engines.is_sqlite:
            return await asyncio.to_thread(pack_into_file, content, Path(self.where).parent)
        return await asyncio.to_thread(pack, content)

    async def repeated(self, work: Callable[[Tx], Awaitable[T]], *, brief: bool = False) -> T:
        """A transaction that is begun anew when another node was in its way; so `work` must change nothing else."""
        for _ in range(COLLISIONS):
            try:
                async with self.transaction(brief=brief) as tx:
                    return await work(tx)
            except Exception as error:
                if not is_collision(error):
                    raise
        async with self.transaction(brief=brief) as tx:
            return await work(tx)

    @asynccontextmanager
    async def reading(self, *, brief: bool = False) -> AsyncIterator[Tx]:
        """Read only; never waits for a writer.  `brief` as above."""
        async with self._connected(self.engines.reader) as connection:
            with briefly(connection) if brief else nullcontext():
                async with connection.begin():
                    yield Tx(connection)

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with _away_told():
            async with engine.connect() as connection:
                yield connection

    async def check_writable(self) -> None:
        """Raises StoreAway when nothing can be written."""
        async with self.transaction() as tx:
            await tx.shops.alive()

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.shield(self.engines.dispose())


@contextmanager
def _away_told() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if is_away(error):
            raise StoreAway(reason(error)) from error
        raise


async def open_store(database: str, state_dir: Path, *, checkpoints: bool = True, makes: bool = True) -> Store:
    """Open the database, with a schema that has at least what this program needs.

    `database` as in the config: empty for SQLite in `state_dir`.  `checkpoints` is False for all but the one process
    that serves: the others leave SQLite's log to it, or to the last one that closes.  With `makes` False a
    SQLite file that is not there is not made, but NoSuchThing.  Raises StartError.
    """
    if database:
        return await _migrated(Store(postgresql_engines(database), spoken(database)))
    file = state_dir / FILE
    if makes:
        make_folder(state_dir)
    elif not file.is_file():
        raise NoSuchThing(f"there is no database {file} yet; `serve` makes it, if state_dir is meant to be {state_dir}")
    _close_to_others(file)
    return await _migrated(Store(sqlite_engines(file, checkpoints=checkpoints), str(file)))


def _close_to_others(file: Path) -> None:
    """Its log and its index get the rights of the file itself; one that was made before may have more than it needs."""
    for each in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        with contextlib.suppress(OSError):  # not ours, or not there
            if each.stat().st_mode & 0o077:
                each.chmod(0o600)


def make_folder(state_dir: Path) -> None:
    """The folder of the state.  Raises StartError."""
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise StartError(f"state_dir: {state_dir} is a file, not a folder") from None
    except OSError as error:
        raise StartError(f"state_dir: the folder {state_dir} cannot be made: {error.strerror}") from None


async def _migrated(store: Store) -> Store:
    try:
        async with store.transaction() as tx:
            await migrations.upgrade(tx.connection)
            if store.engines.is_sqlite:
                await _refuse_moved(tx, store.where)
    except StoreAway as error:
        await store.close()
        if "file is not a database" in str(error):
            raise StartError(f"database: {store.where} is not our database; it is no SQLite file at all") from None
        said = "; ".join(filter(None, (str(error), advice(error))))
        raise StartError(f"database: {store.where} cannot be opened: {said}") from None
    except BaseException:
        await store.close()
        raise
    return store


async def _refuse_moved(tx: Tx, file: str) -> None:
    """Who starts the old settings again would get mails into a file that nobody looks at."""
    if moved := await tx.keys.get(MOVED):
        raise StartError(
            f"database: all that is in {file} was moved to {moved.decode()}: set `database` to that address; or, to go "
            "back to this file and leave there what came since, `smtpd-billbee migrate --undo`"
        )


async def stay(state_dir: Path) -> str:
    """The SQLite file is used again that was moved; whereto, '' if it was not.  Raises NoSuchThing without a file."""
    file = state_dir / FILE
    if not file.is_file():
        raise NoSuchThing(f"there is no database {file}")
    store = Store(sqlite_engines(file, checkpoints=False), str(file))
    try:
        async with store.transaction() as tx:
            moved = await tx.keys.get(MOVED)
            await tx.keys.forget(MOVED)
    finally:
        await store.close()
    return moved.decode() if moved else ""


async def finish(store: Store) -> str:
    """Take away from the schema what only older programs need; how far it is finished then, '' for not at all."""
    async with store.transaction() as tx:
        return await migrations.finish(tx.connection)
