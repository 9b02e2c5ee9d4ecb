"""`anonymise`: a file or standard input in, a mail out, and a status that says whether to look."""

from pathlib import Path

from tests.cli.conftest import Command
from tests.journeys.orders import order_mail


def test_file_and_output(command: Command, tmp_path: Path) -> None:
    """Without a doubt: status 0, nothing on standard error, the mail where it was asked for."""
    (tmp_path / "mail.eml").write_bytes(order_mail(60112))
    printed = command("anonymise", str(tmp_path / "mail.eml"))
    written = command("anonymise", "-", "--output", str(tmp_path / "new.eml"), stdin=order_mail(60112))

    assert (0, "") == (printed.returncode, printed.stderr)
    assert (0, "", "") == (written.returncode, written.stdout, written.stderr)
    assert printed.stdout.encode() == (tmp_path / "new.eml").read_bytes()
    assert "Beispiel" not in printed.stdout
    assert "14,90 EUR" in printed.stdout


def test_doubts(command: Command) -> None:
    """A doubt: the mail is written, the doubt is said, status 1."""
    done = command("anonymise", "-", stdin=b"X-Sample: synthetic\r\nSubject: Hallo\r\n\r\nwie geht es?\r\n")

    assert 1 == done.returncode
    assert "it is no order" in done.stderr
    assert done.stdout.startswith("X-Sample: anonymised")


def test_what_cannot_be_opened(command: Command, tmp_path: Path) -> None:
    """A missing file and a place that cannot be written: a sentence and status 2."""
    missing = command("anonymise", str(tmp_path / "none.eml"))
    folder = command("anonymise", "-", "--output", str(tmp_path), stdin=order_mail(60112))

    assert (2, 2) == (missing.returncode, folder.returncode)
    assert "cannot be opened" in missing.stderr
    assert "cannot be written" in folder.stderr
