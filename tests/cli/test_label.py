"""`label`: an owner teaches the reader a word."""

from smtpd_billbee import reader
from tests.cli.conftest import Command

LANGUAGE, FIELD = reader.LANGUAGES[0], reader.FIELDS[0]


def test_taught_and_forgotten(command: Command) -> None:
    """What was taught is listed, for all shops or for one, until it is taken back."""
    command("account", "add", "owner@example.org")
    command("shop", "add", "Teeladen", "--account", "owner@example.org", "--id", "7")
    assert 0 == command("label", "add", LANGUAGE, FIELD, "Vorgangsnummer").returncode
    assert 0 == command("label", "add", LANGUAGE, FIELD, "Unser Zeichen", "--shop", "7").returncode
    taught = command.json("label", "list")
    table = command("label", "list").stdout

    assert {(None, "Vorgangsnummer"), (7, "Unser Zeichen")} == {(each["shop_id"], each["words"]) for each in taught}
    assert {(LANGUAGE, FIELD)} == {(each["language"], each["field"]) for each in taught}
    assert "Vorgangsnummer" in table
    assert 0 == command("label", "remove", LANGUAGE, FIELD, "Vorgangsnummer").returncode
    assert ["Unser Zeichen"] == [each["words"] for each in command.json("label", "list")]


def test_what_cannot_be_taught(command: Command) -> None:
    """Unknown languages, fields and shops, and empty words: one sentence, status 1, nothing kept."""
    for words in (
        (LANGUAGE, "weather", "Sonne"),
        ("tlh", FIELD, "mI'"),
        (LANGUAGE, FIELD, "  "),
        (LANGUAGE, FIELD, "x" * 101),
        (LANGUAGE, FIELD, "Vorgang", "--shop", "4711"),
    ):
        done = command("label", "add", *words)
        assert 1 == done.returncode, words
        assert 1 == done.stderr.count("\n"), done.stderr
    assert 1 == command("label", "remove", LANGUAGE, FIELD, "nie gelehrt").returncode
    assert [] == command.json("label", "list")
