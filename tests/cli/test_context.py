"""How tables are printed."""

import pytest

from smtpd_billbee.cli.context import print_table

COLUMNS = ("number", "ordered", "doubts")


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands behind a pipe has no width: nothing is cut, a row is a line."""
    print_table(COLUMNS, [("1042", "2026-03-14 10:22", "the total is wrong; " * 30)], "None.")
    _, row = capsys.readouterr().out.splitlines()

    assert f"1042    2026-03-14 10:22  {'the total is wrong; ' * 30}".rstrip() == row.rstrip()


def test_a_terminal_breaks_words_and_keeps_times(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a narrow terminal only prose goes on in the next line, and no letter is lost."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    print_table(COLUMNS, [("1042", "2026-03-14 10:22", "the total is wrong")], "None.")
    rows = capsys.readouterr().out.splitlines()[1:]

    assert rows[0].startswith("1042    2026-03-14 10:22  the")
    assert ["the", "total", "is", "wrong"] == " ".join(row[26:] for row in rows).split()


def test_an_empty_column_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """A column without a value says nothing and takes room; zero is a value."""
    print_table(COLUMNS, [(0, None, "")], "None.")

    assert ["number", "0"] == capsys.readouterr().out.split()


def test_an_empty_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence in its place."""
    print_table(COLUMNS, [], "There are no orders.")

    assert "There are no orders.\n" == capsys.readouterr().out


def test_a_terminal_that_is_too_narrow(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a table would be cut, each row is a block of its own, and nothing is lost."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "28")
    print_table(COLUMNS, [("1042", "2026-03-14 10:22", ""), ("1043", "2026-03-15 10:22", "wrong")], "None.")

    assert capsys.readouterr().out.splitlines() == [
        "number   1042", "ordered  2026-03-14 10:22", "",
        "number   1043", "ordered  2026-03-15 10:22", "doubts   wrong",
    ]  # fmt: skip
