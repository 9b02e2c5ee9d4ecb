"""`import`: a file's orders, told before, taken in, and taken back.  All files synthetic."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

FILES = Path(__file__).parents[1] / "files"
GOOD, DOUBTS, PAGE = (str(FILES / f"de-2024-{name}.csv") for name in ("mixed-rows", "doubts", "login-page"))


@pytest.fixture
def shop(command: Command) -> Command:
    command("account", "add", "owner@example.org")
    command("shop", "add", "Teeladen", "--account", "owner@example.org", "--id", "7")
    return command


def test_a_dry_run(shop: Command) -> None:
    """Exactly the promised document, and nothing is kept."""
    document = shop.json("import", GOOD, "--shop", "7", "--dry-run")

    assert ["orders", "complaints", "new", "duplicates", "merged"] == list(document)
    assert ["7", "8"] == [order["number"] for order in document["orders"]]
    assert "1234.40" == document["orders"][0]["total"]
    assert ([], 2, 0, 0) == tuple(document[name] for name in ("complaints", "new", "duplicates", "merged"))
    assert [] == shop.json("order", "list")
    assert [] == shop.json("import", "list")


def test_import_and_undo(shop: Command) -> None:
    """Imported once, known the second time, gone when undone; the options may stand before the file."""
    first = shop("import", "--shop", "7", "--source", "May", "--vat-mode", "small-business", GOOD)
    second = shop("import", "file", GOOD, "--shop", "7", "--vat-mode", "1")
    (run,) = shop.json("import", "list")
    table = shop("import", "list").stdout
    undone = shop("import", "undo", "1")
    again = shop("import", "undo", "1")

    assert "Import 1: 2 new, 0 known already, 0 completed, 0 failed.\n" == first.stdout
    assert "Nothing was changed: 0 new, 2 known already, 0 completed, 0 failed.\n" == second.stdout
    assert ("May", 1, 2, "de-2024-mixed-rows.csv") == tuple(
        run[key] for key in ("source", "vat_mode", "new", "file_name")
    )
    assert "de-2024-mixed-rows.csv" in table
    assert "Import 1 was undone: 2 removed, 0 as before, 0 changed since then and now to check.\n" == undone.stdout
    assert (1, "smtpd-billbee: import 1 was undone before\n") == (again.returncode, again.stderr)
    assert [] == shop.json("order", "list")
    assert None is not shop.json("import", "list")[0]["undone_at"]


def test_the_vat_mode_of_the_shop(shop: Command) -> None:
    """An import takes it where it says nothing else."""
    shop("shop", "set", "7", "vat_mode=1")
    shop("import", GOOD, "--shop", "7")

    assert 1 == shop.json("import", "list")[0]["vat_mode"]


def test_complaints(shop: Command) -> None:
    """Each with its line, for a person and for a program; doubtful orders are to check."""
    document = shop.json("import", DOUBTS, "--shop", "7", "--dry-run")
    done = shop("import", DOUBTS, "--shop", "7")

    assert {"line": 2, "text": "order 1: 2 x 9.90 is 19.80, the line says 18.80"} == document["complaints"][0]
    assert "line 2: order 1: 2 x 9.90 is 19.80, the line says 18.80" in done.stderr
    assert 6 == len(shop.json("order", "list", "--state", "to_check"))


def test_no_order_file(shop: Command) -> None:
    """No orders, one complaint, status 1."""
    done = shop("import", PAGE, "--shop", "7", "--dry-run", "--json")
    document = json.loads(done.stdout)

    assert 1 == done.returncode
    assert ([], 1, 0) == (document["orders"], len(document["complaints"]), document["new"])


def test_what_is_wrong(shop: Command) -> None:
    """A file that cannot be opened and a wrong option are status 2, a shop that is not there is 1; nothing is kept."""
    for status, words in (
        (2, ("import", "nothere.csv", "--shop", "7")),
        (2, ("import", GOOD)),
        (2, ("import", GOOD, "--shop", "7", "--vat-mode", "eaten")),
        (1, ("import", GOOD, "--shop", "8")),
        (1, ("import", "undo", "1")),
    ):
        done = shop(*words)

        assert (status, "") == (done.returncode, done.stdout), words
        assert "Traceback" not in done.stderr
    assert "Nothing was imported yet.\n" == shop("import", "list").stdout


def test_standard_input(shop: Command) -> None:
    """- is standard input."""
    done = shop("import", "-", "--shop", "7", stdin=Path(GOOD).read_bytes())

    assert "Import 1: 2 new, 0 known already, 0 completed, 0 failed.\n" == done.stdout
