"""Migrations in two halves: what expands keeps older programs working, what contracts waits until somebody says so."""

import ast
import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from smtpd_billbee.errors import StartError
from smtpd_billbee.store import migrations
from smtpd_billbee.store.store import Store, finish, open_store
from tests.conftest import NOON
from tests.databases import fresh_database

VERSIONS = sorted((Path(migrations.__file__).parent / "versions").glob("0*.py"))
# Dropping an index makes an older program slower, and no more.
EXPANDING = {"create_table", "add_column", "create_index", "drop_index", "execute", "get_bind"}
CONTRACTING_WORDS = ("ALTER", "DROP", "RENAME", "DELETE", "TRUNCATE")


def contracting(source: str) -> Iterator[str]:
    """What in a step could keep an older program from working."""
    tree = ast.parse(source)
    inside = {id(each) for call in _calls(tree, "op", "create_table") for each in ast.walk(call)}
    for call in _calls(tree, "op"):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name not in EXPANDING:
            yield f"op.{name}"
        if name == "create_index" and _keyword(call, "unique") is True:
            yield "a unique index"
        if name == "execute":
            yield from (word for word in CONTRACTING_WORDS if word in ast.unparse(call.args[0]).upper())
    for call in _calls(tree, "sa", "Column"):
        if id(call) not in inside and _keyword(call, "nullable") is False and not _has(call, "server_default"):
            yield "a column that must be given"


def _calls(tree: ast.AST, room: str, name: str = "") -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=attribute)):
                if found == room and name in ("", attribute):
                    yield node


def _has(call: ast.Call, name: str) -> bool:
    return any(each.arg == name for each in call.keywords)


def _keyword(call: ast.Call, name: str) -> object:
    values = [each.value for each in call.keywords if each.arg == name]
    return values[0].value if values and isinstance(values[0], ast.Constant) else None


@pytest.mark.parametrize("file", VERSIONS, ids=lambda file: file.stem)
def test_versions_only_expand(file: Path) -> None:
    """What drops, renames or narrows belongs into finishing/: nodes of the release before still run beside us."""
    assert [] == list(contracting(file.read_text()))


@pytest.mark.parametrize(
    "step",
    [
        'op.drop_column("mails", "sender")',
        'op.drop_table("keys")',
        'op.rename_table("keys", "secrets")',
        'op.alter_column("mails", "sender", nullable=False)',
        'with op.batch_alter_table("mails") as batch:\n    batch.drop_column("sender")',
        'op.create_index("ix", "mails", ["queue_id"], unique=True)',
        'op.create_unique_constraint("uq", "mails", ["queue_id"])',
        'op.execute("alter table mails drop column sender")',
        'op.execute(sa.text("DELETE FROM keys"))',
        'op.add_column("mails", sa.Column("must", sa.Text(), nullable=False))',
    ],
)
def test_what_contracts_is_seen(step: str) -> None:
    """The rule above can be broken."""
    assert [] != list(contracting(step))


async def test_an_older_program_goes_on(store: Store, database: str, tmp_path: Path) -> None:
    """A newer release has expanded the schema: a node of ours that runs goes on, and another one starts."""
    async with store.transaction() as tx:
        await tx.accounts.add("before@example.org", "", "de", NOON)
        await tx.accounts.all()
    newer = await open_store(database, tmp_path)
    async with newer.transaction() as tx:
        await tx.connection.execute(text("CREATE TABLE newest (id INTEGER PRIMARY KEY)"))
        await tx.connection.execute(text("ALTER TABLE accounts ADD COLUMN newest INTEGER DEFAULT 7 NOT NULL"))
        await tx.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await newer.close()

    async with store.transaction() as tx:
        await tx.accounts.add("beside@example.org", "", "de", NOON)
        running = {account.email for account in await tx.accounts.all()}
    older = await open_store(database, tmp_path)
    async with older.transaction() as tx:
        await tx.accounts.add("after@example.org", "", "de", NOON)
        started = {account.email for account in await tx.accounts.all()}
        version = await tx.connection.scalar(text("SELECT version_num FROM alembic_version"))
    await older.close()

    assert {"before@example.org", "beside@example.org"} == running
    assert running | {"after@example.org"} == started
    assert "9999" == version


async def test_a_program_that_is_too_old_says_so(store: Store, database: str, tmp_path: Path) -> None:
    """A newer release has taken away what this program needs."""
    async with store.transaction() as tx:
        await tx.connection.execute(text("CREATE TABLE alembic_finished (version_num VARCHAR(32) NOT NULL)"))
        await tx.connection.execute(text("INSERT INTO alembic_finished VALUES ('9998')"))

    with pytest.raises(StartError, match=r"^database: its schema has lost what this program needs .* update"):
        await open_store(database, tmp_path)


STEP = """\
from alembic import op

revision, down_revision = "0009", None


def upgrade() -> None:
    op.drop_column("accounts", "old")
"""


async def test_finishing(store: Store, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening the store leaves what older programs need; `migrate --finish` takes it away, once."""
    steps = tmp_path / "finishing"
    steps.mkdir()
    (steps / "0009_without_old.py").write_text(STEP)
    async with store.transaction() as tx:
        await tx.connection.execute(text("ALTER TABLE accounts ADD COLUMN old INTEGER"))
    monkeypatch.setattr(migrations, "_FINISHING", (steps, "alembic_finished"))
    monkeypatch.setattr(migrations, "FINISHED", "0009")
    await (await open_store(database, tmp_path)).close()
    async with store.reading() as tx:
        left = (await tx.connection.execute(text("SELECT old FROM accounts"))).all()

    finished = [await finish(store), await finish(store)]
    async with store.reading() as tx:
        columns = (await tx.connection.execute(text("SELECT * FROM accounts"))).keys()

    assert [] == left
    assert ["0009", "0009"] == finished
    assert "old" not in columns


def test_finished_is_the_newest_step() -> None:
    """A step of finishing/ that FINISHED does not name would never run."""
    steps = [file.name for file in (Path(migrations.__file__).parent / "finishing").glob("0*.py")]

    assert max(steps, default="").startswith(migrations.FINISHED)
    assert bool(steps) == bool(migrations.FINISHED)


async def test_nodes_that_start_at_once(postgresql_server: str, tmp_path: Path) -> None:
    """Five nodes on an empty database: one makes the schema, the others wait for it."""
    address = await fresh_database(postgresql_server)

    stores = await asyncio.gather(*(open_store(address, tmp_path) for _ in range(5)))
    async with stores[4].reading() as tx:
        version = await tx.connection.scalar(text("SELECT version_num FROM alembic_version"))
    for each in stores:
        await each.close()

    assert migrations.HEAD == version
