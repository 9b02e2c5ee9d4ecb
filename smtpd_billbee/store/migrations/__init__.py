"""migrations: Alembic steps in versions/, run inside the one transaction that opens the store."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.errors import StartError
from smtpd_billbee.store.tables import metadata

HEAD = "0009"

# Any number; the same in every version, so that only one of several starting nodes migrates.
_LOCK = 7205759


async def upgrade(connection: AsyncConnection) -> None:
    """Bring the schema to HEAD.  Raises StartError when the database is newer than this program."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    version = await connection.run_sync(_version)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StartError(f"database: its schema {version} is newer than this program's {HEAD}; update the program")
    if version is None and (others := await connection.run_sync(_tables) & set(metadata.tables)):
        raise StartError(f"database: this is not our database; another program's table is in it: {min(others)}")
    await connection.run_sync(_upgrade)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def _upgrade(connection: Connection) -> None:
    # Alembic takes 0.2 s to import; most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
