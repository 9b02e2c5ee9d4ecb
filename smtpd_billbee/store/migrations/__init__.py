"""migrations: Alembic steps in two halves, so that the nodes of an installation can be updated one after the other.

versions/   what expands: tables, indexes, columns that an older program may leave out.  Applied by whoever opens the
            store, inside the one transaction that opens it; programs of older releases go on working.
finishing/  what contracts: drops, renames, narrows.  Applied by `migrate --finish` only, when no older program runs any
            more, and to a database that is just being made.  A step has the number of the first schema whose programs
            do without what it takes away.

tests/store/test_migrations.py holds versions/ to this.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import StartError
from smtpd_billbee.store.tables import metadata

HEAD = "0010"
FINISHED = ""  # the newest step of finishing/; there is none yet

# Any number; the same in every version, so that only one of several starting nodes migrates.
_LOCK = 7205759
_FOLDER = Path(__file__).parent
_EXPANDING, _FINISHING = (_FOLDER / "versions", "alembic_version"), (_FOLDER / "finishing", "alembic_finished")
_STEP = re.compile("[0-9]{4}")  # other programs use Alembic, too
_Half = tuple[Path, str]  # its steps, and the table that tells how far they are


async def upgrade(connection: AsyncConnection) -> None:
    """Bring the schema to what this program needs, or leave it if it has that and more.

    Raises StartError when it lacks what a newer release has taken away, or is another program's.
    """
    await _lock(connection)
    version = await connection.run_sync(_version, _EXPANDING)
    finished = await connection.run_sync(_version, _FINISHING)
    if finished > HEAD:
        raise StartError(
            f"database: its schema has lost what this program needs (it is finished to {finished}, the program's is "
            f"{HEAD}); update the program"
        )
    if not _STEP.fullmatch(version) and (table := await connection.run_sync(others_table)):
        raise StartError(
            f"database: this is not our database; another program's table is in it: {table}; name one of our own"
        )
    if version < HEAD:
        await connection.run_sync(_upgrade, _EXPANDING, HEAD)
    if not version and FINISHED:
        await connection.run_sync(_upgrade, _FINISHING, FINISHED)


async def finish(connection: AsyncConnection) -> str:
    """Take away what only older programs need; how far the schema is finished then, '' for not at all."""
    await _lock(connection)
    if await connection.run_sync(_version, _FINISHING) < FINISHED:
        await connection.run_sync(_upgrade, _FINISHING, FINISHED)
    return FINISHED


async def _lock(connection: AsyncConnection) -> None:
    """On SQLite, the one writer has it already."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _version(connection: Connection, half: _Half) -> str:
    """The newest step that was applied, '' for none."""
    _, table = half
    if not inspect(connection).has_table(table):
        return ""
    return connection.execute(text(f"SELECT version_num FROM {table}")).scalar() or ""


def others_table(connection: Connection) -> str:
    """The name of another program's table that is in the way, '' for none.

    One with our table's name is, and one with rows.  Not those of PostgreSQL's extensions, nor another schema's.
    """
    extensions = set()
    if connection.dialect.name == "postgresql":
        extensions = set(connection.execute(text(_OF_EXTENSIONS)).scalars())
    for name in sorted(set(inspect(connection).get_table_names()) - extensions):
        if name in metadata.tables or name == _EXPANDING[1] or _has_rows(connection, name):
            return name
    return ""


_OF_EXTENSIONS = """
    SELECT relname FROM pg_class JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = pg_class.oid
    WHERE deptype = 'e' AND relnamespace = current_schema()::regnamespace
"""


def _has_rows(connection: Connection, name: str) -> bool:
    """Who may not look takes it that there are some."""
    table = connection.dialect.identifier_preparer.quote(name)
    if connection.dialect.name == "postgresql":
        may = connection.execute(text("SELECT has_table_privilege(:name, 'SELECT')"), {"name": table}).scalar()
        if not may:
            return True
    return connection.execute(text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None


def _upgrade(connection: Connection, half: _Half, to: str) -> None:
    # Alembic takes 0.2 s to import; most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    steps, table = half
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(steps))
    config.attributes.update(connection=connection, version_table=table)
    command.upgrade(config, to)
