"""The house keeps its order: imports run one way, libraries stay in their room, and every room's map is true."""

import ast
import functools
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "smtpd_billbee"
FILES = sorted(HOUSE.rglob("*.py"))
# Leaves: everybody may use them, and they use nobody.
PLAIN = {"clock", "config", "environment", "errors", "log", "malloc", "metrics", "values"}
BUILDING = {"smtp", "web", "api", "work", "reader", "auth", "formats", "send", "store", "model"}

# cli -> app -> every room; smtp, web, api -> work -> reader, auth, formats, send, store -> model
MAY_USE: dict[str, set[str]] = {
    "model": set(),
    "formats": {"model"},
    "reader": {"model", "formats"},
    "auth": {"model", "formats"},
    "store": {"model"},
    "send": {"model", "formats"},
    "work": {"model", "formats", "reader", "auth", "store", "send"},
    "smtp": {"model", "formats", "work"},
    "web": {"model", "formats", "store", "work"},
    "api": {"model", "formats", "store", "work"},
    "app": BUILDING | {"sockets", "links"},
    "clock": set(),
    "links": {"store", "model", "web"},
    "preflight": {"auth", "smtp", "model"},
    "sockets": {"config", "errors"},
    "cli": {"app", "links", "preflight", "model", "formats", "reader", "store", "work"},
    "config": {"errors", "environment", "values"},
    "environment": set(),
    "errors": set(),
    "log": set(),
    "malloc": set(),
    "metrics": set(),
    "values": set(),
    "__init__": set(),
    "__main__": {"cli"},
}
# The demonstration is a mail server and a sender beside ours; it borrows both from the house.  The doctor asks DNS.
MORE = {"cli/demo.py": {"smtp", "send"}, "cli/doctor.py": {"auth"}}

# Each is known in one room only, some in one file only.
ROOM_OF = {
    "aiosmtpd": {"smtp"},
    "aiosmtplib": {"send"},
    "sqlalchemy": {"store", "web"},
    "alembic": {"store"},
    "asyncpg": {"store"},
    "aiosqlite": {"store"},
    "cryptography": {"auth"},
    "dkim": {"auth"},
    "dns": {"auth", "send"},
    "httpx": {"send"},
    "publicsuffixlist": {"auth"},
    "spf": {"auth"},
    "pebble": {"work"},
    "typer": {"cli"},
    "rich": {"cli"},
    "pydantic_settings": {"config"},
    "openpyxl": {"formats"},
    "babel": {"formats", "reader", "web"},
    "starlette": {"web"},
    "starlette_admin": {"web"},
    "uvicorn": {"web"},
    "jinja2": {"web"},
    "itsdangerous": {"web"},
    "argon2": {"work"},
    "pyotp": {"work"},
    "segno": {"web"},
    "lxml": {"formats", "reader"},
    "mailparser": {"formats", "reader"},
}
# openpyxl has two files: one reads, one writes.
ONE_FILE = ("lxml", "mailparser", "pebble", "pydantic_settings", "aiosmtplib", "spf", "publicsuffixlist")

CORE = ("model", "formats", "reader")
NOT_IN_THE_CORE = {
    "asyncio", "concurrent", "multiprocessing", "threading", "subprocess", "signal", "socket", "ssl", "select", "time",
    "random", "secrets", "locale", "sqlite3", "smtplib", "http", "urllib.request", "tempfile", "structlog",
}  # fmt: skip


def room(file: Path) -> str:
    """The room of a file; a file beside the rooms is a room by itself."""
    return file.relative_to(HOUSE).parts[0].removesuffix(".py")


@functools.cache
def imported(file: Path) -> frozenset[str]:
    """Every module a file imports, with its whole name (relative imports are banned)."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "smtpd_billbee":
            found |= {f"smtpd_billbee.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return frozenset(found)


def rooms_used_by(file: Path) -> set[str]:
    """The rooms of ours that a file imports from."""
    return {name.split(".")[1] for name in imported(file) if name.startswith("smtpd_billbee.")}


def name_of(file: Path) -> str:
    """The file as a person says it: store/mails.py."""
    return file.relative_to(HOUSE).as_posix()


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_run_one_way(file: Path) -> None:
    """From the edges to the core, never back."""
    allowed = MAY_USE[room(file)] | MORE.get(name_of(file), set()) | PLAIN | {room(file)}
    if room(file) in PLAIN | {"__init__"}:
        allowed = MAY_USE[room(file)]

    assert set() == rooms_used_by(file) - allowed


def test_a_wrong_import_is_seen(tmp_path: Path) -> None:
    """The test above can fail: it sees each way of importing."""
    file = tmp_path / "wrong.py"
    file.write_text(
        "import smtpd_billbee.web.pages\nfrom smtpd_billbee import app\n"
        "def late():\n    from smtpd_billbee.store.store import Store\n"
    )

    assert {"web", "app", "store"} == rooms_used_by(file)


@pytest.mark.parametrize("library", ROOM_OF)
def test_a_library_lives_in_one_room(library: str) -> None:
    """Whoever wants to replace a library has one room to look at."""
    users = [file for file in FILES if library in {name.split(".")[0] for name in imported(file)}]

    assert set() == {room(file) for file in users} - ROOM_OF[library]
    if library in ONE_FILE:
        assert len(users) <= 1, users


def test_every_library_has_a_room() -> None:
    """What pyproject.toml asks for stands in the table above, but for the ones that everybody uses."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split(r"[\[><=]", line)[0].replace("-", "_") for line in wanted}
    everybodys = {"structlog", "pydantic", "python_multipart"}  # the last one reads forms for starlette
    spelt = {"mail_parser": "mailparser", "argon2_cffi": "argon2", "dkimpy": "dkim", "dnspython": "dns", "pyspf": "spf"}

    assert set() == {spelt.get(name, name) for name in names} - set(ROOM_OF) - everybodys


@pytest.mark.parametrize("file", [file for file in FILES if room(file) in CORE], ids=name_of)
def test_the_core_is_pure(file: Path) -> None:
    """No async, no sockets, no clock, no chance in model, formats and reader."""
    tree = ast.parse(file.read_text())
    waiting = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    names = imported(file)

    assert set() == {name for name in names if {name, name.split(".")[0]} & NOT_IN_THE_CORE}
    assert [] == waiting


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_every_file_says_what_it_is_for(file: Path) -> None:
    """A docstring at the top, one subject."""
    assert ast.get_docstring(ast.parse(file.read_text()))


def test_every_test_states_its_rule() -> None:
    """The docstring of a test is the rule that would be broken."""
    silent = [
        f"{file.name}: {node.name}"
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]

    assert [] == silent


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_nothing_is_left_for_later(file: Path) -> None:
    """No reminders in the code, and a check is silenced by its name only."""
    left = re.findall(r"\b(?:TODO|FIXME|XXX)\b|# noqa(?!: [A-Z])|# type: ignore(?!\[)", file.read_text())

    assert [] == left


def listed(docstring: str) -> set[str]:
    """The names in a room's map: lines like `mails, orders    the statements`, set off by two spaces or more."""
    lines = re.findall(r"^ *([a-z_]+(?:,? [a-z_]+)*) {2,}\S", docstring, re.MULTILINE)
    return {name for line in lines for name in re.split(r",? ", line)}


@pytest.mark.parametrize("folder", sorted(file.parent for file in HOUSE.glob("*/__init__.py")), ids=lambda it: it.name)
def test_a_rooms_map_is_true(folder: Path) -> None:
    """A room that lists its files in its docstring lists each of them, and none that is not there."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    there = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}

    assert docstring.startswith(f"{folder.name}: ")
    if names := listed(docstring):
        assert there - {"__init__"} == names


def test_the_houses_map_is_true() -> None:
    """The map in the package's docstring names every room, and every file on a mail's journey is there."""
    docstring = ast.get_docstring(ast.parse((HOUSE / "__init__.py").read_text())) or ""
    rooms = {path.stem for path in HOUSE.glob("*.py")} | {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    journey = re.findall(r"\b[a-z_]+/[a-z_]+\.py", docstring.partition("journey:")[2])

    assert rooms - {"__init__", "__main__"} == listed(docstring.partition("A mail's journey:")[0])
    assert [] == [name for name in journey if not (HOUSE / name).is_file() and not (ROOT / name).is_file()]
    assert len(journey) >= 5


def test_only_the_clock_knows_the_time() -> None:
    """Time comes in as an argument; ruff bans the calls, this holds that nobody lifts the ban elsewhere."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text())
    ignores = pyproject["tool"]["ruff"]["lint"]["per-file-ignores"]
    lifted = [name for name, rules in ignores.items() if "TID251" in rules]
    silenced = [name_of(file) for file in FILES if re.search(r"noqa:.*\b(TID251|DTZ\d+)", file.read_text())]

    assert ["smtpd_billbee/clock.py", "tests/**"] == lifted
    assert [] == silenced


def test_the_package_takes_its_data_along() -> None:
    """A wheel holds every word list, sample and template."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    patterns = tools["setuptools"]["package-data"]["smtpd_billbee"]
    taken = {file for pattern in patterns for file in HOUSE.glob(pattern)}
    data = {file for file in HOUSE.rglob("*") if file.is_file() and file.suffix not in (".py", ".pyc")}

    assert set() == data - taken


PINNED = r"^([a-z0-9._-]+)==(\S+)[^\n]*\\\n    --hash=sha256:[0-9a-f]{64}"


def test_the_lock_files() -> None:
    """Every requirement is pinned and hashed, asked of no particular registry, and the same in both files."""
    pinned = {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        entries = re.findall(PINNED, text, re.MULTILINE)
        pinned[name] = dict(entries)

        assert len(entries) == len(re.findall(r"^[a-zA-Z0-9]", text, re.MULTILINE))
        assert [] == re.findall(r"^-.*|.*://.*|.*find-links.*", text, re.MULTILINE)
    assert pinned["requirements.lock"].items() <= pinned["requirements-dev.lock"].items()
