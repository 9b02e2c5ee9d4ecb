"""The commands that are promised: each is there, explains itself, and stands in the README."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from smtpd_billbee.cli.main import COMMANDS as SINGLE
from smtpd_billbee.cli.main import NOUNS, application
from tests.serving import HOUSE

# Scripts are written against these words; they are never renamed.
PROMISED = """
serve  read  anonymise  demo  doctor  migrate  config check  config example  account add  account list
shop add  shop list  shop show  shop set  shop senders  shop allow  shop forget  shop secret  order list  order show
mail list  mail show  mail raw  mail reread  mail relay  mail accept  queue list  queue show  queue retry
label add  label list  label remove  import file  import list  import undo
user second-factor-off
"""
OPTIONS = {
    "serve": {"--only"},
    "read": {"--json"},
    "anonymise": {"--output"},
    "demo": {"--once"},
    "migrate": {"--to", "--finish"},
    "account add": {"--name"},
    "shop add": {"--account", "--id"},
    "order list": {"--shop", "--state", "--limit"},
    "mail list": {"--shop", "--state"},
    "mail reread": {"--state"},
    "mail accept": {"--trust"},
    "shop secret": {"--drop"},
    "label add": {"--shop"},
    "import file": {"--shop", "--dry-run", "--source", "--vat-mode", "--allow-duplicates", "--json"},
}


def commands(group: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its whole name."""
    for name, command in group.commands.items():
        whole = f"{above} {name}".strip()
        if hasattr(command, "commands"):
            yield from commands(command, whole)
        else:
            yield whole, command


COMMANDS = dict(commands(typer.main.get_command(application([]))))


def options(name: str) -> set[str]:
    """The options of a command."""
    return {option for parameter in COMMANDS[name].params for option in parameter.opts if option.startswith("--")}


def test_what_is_promised_is_there() -> None:
    """A command or an option that goes missing breaks somebody's script."""
    assert set() == set(re.split(r"\s{2,}|\n", PROMISED.strip())) - set(COMMANDS)
    assert {name: set() for name in OPTIONS} == {name: wanted - options(name) for name, wanted in OPTIONS.items()}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_explains_itself(name: str) -> None:
    """A sentence of its own, and one for every argument and option whose name does not say it all."""
    command = COMMANDS[name]
    silent = [each.name for each in command.params if not each.help and each.name not in ("limit", "help")]

    assert command.help.splitlines()[0].endswith((".", "?"))
    assert [] == silent


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.endswith((" list", " show"))])
def test_a_list_is_a_document_too(name: str) -> None:
    """Every list and every show takes --json."""
    assert "--json" in options(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_stands_in_the_readme(name: str) -> None:
    """`shop show` stands there whole, or as `show` in the row that begins with `shop`."""
    noun, _, verb = name.rpartition(" ")
    rows = [row for row in (HOUSE / "README.md").read_text().splitlines() if row.startswith("| `")]
    first_cells = [row.split(" | ")[0] for row in rows if row.startswith(f"| `{noun or verb}")]

    assert any(re.search(rf"`(?:{noun} )?{verb}\b", cell) for cell in first_cells), first_cells


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (["shop", "list"], {"shop"}),
        (["--config", "serve", "import", "x.csv"], {"import"}),
        (["--config=x.toml", "read", "x.eml"], {"read"}),
        (["--help"], {*SINGLE, *NOUNS}),
        (["orders"], {*SINGLE, *NOUNS}),
    ],
)
def test_only_what_is_named_is_loaded(words: list[str], there: set[str]) -> None:
    """Whoever names a command does not wait for the others; whoever misspells one is shown them all."""
    group: Any = typer.main.get_command(application(words))

    assert there == set(group.commands)
