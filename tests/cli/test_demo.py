"""`demo`: the whole way on free ports, with nothing left behind."""

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from smtpd_billbee.cli import demo
from tests.serving import environment, wait_until


def test_once(tmp_path: Path) -> None:
    """Every sample is taken, its copy delivered, and the folder is gone at the end."""
    words = [sys.executable, "-m", "smtpd_billbee", "demo", "--once"]
    more = {"TMPDIR": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, env=environment(more), check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert 4 == done.stdout.count("sent over SMTP: ")
    assert 4 == done.stdout.count(": 250 2.0.0 Accepted")
    assert "\n3 orders:\n" in done.stdout
    assert [] == [number for number in ("1042", "2218", "1043") if f"12345  {number}" not in done.stdout]
    assert "activation" in done.stdout
    assert "\n4 copies delivered to the owner's mailbox:\n" in done.stdout
    assert 4 == done.stdout.count("  attached, as sent\n")
    assert [] == list(tmp_path.iterdir())


def test_a_mail_that_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demonstration ends with one sentence that names the mail and the server's words."""
    monkeypatch.setattr(demo, "import_address", lambda shop, domain: f"1-jimdo-orderimport@{domain}")

    with pytest.raises(demo.DemoFailed, match=r"1-german-html-order\.eml was not taken: 550"):
        demo.demo(once=True)


def test_it_stays_up_until_ctrl_c(tmp_path: Path) -> None:
    """The command that it prints works as long as it is up; Ctrl-C ends it without a trace."""
    words = [sys.executable, "-m", "smtpd_billbee", "demo"]
    with tempfile.TemporaryFile("w+") as out:
        process = subprocess.Popen(
            words, stdout=out, stderr=out, env=environment({"TMPDIR": str(tmp_path)}), preexec_fn=_hear_ctrl_c
        )

        def said() -> str:
            out.seek(0)
            return out.read()

        try:
            wait_until(lambda: "until Ctrl-C" in said(), "the invitation")
            (file,) = re.findall(r"--config (\S+) order list", said())
            listing = [sys.executable, "-m", "smtpd_billbee", "--config", file, "mail", "list", "--json"]
            listed = subprocess.run(listing, capture_output=True, text=True, env=environment(), check=False)
            process.send_signal(signal.SIGINT)
            process.wait(30)
        finally:
            process.kill()
            process.wait()
        text = said()

    assert 0 == listed.returncode, listed.stderr
    assert 4 == listed.stdout.count('"received_at"')
    assert "Traceback" not in text
    assert [] == list(tmp_path.iterdir())


def _hear_ctrl_c() -> None:
    """Who runs the tests in the background makes them deaf to Ctrl-C, and a child inherits it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
