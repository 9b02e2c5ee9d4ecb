"""`demo`: the whole way on free ports, with nothing left behind."""

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.serving import environment, wait_until


def test_once(tmp_path: Path) -> None:
    """Every sample is taken, its copy delivered, and the folder is gone at the end."""
    words = [sys.executable, "-m", "smtpd_billbee", "demo", "--once"]
    more = {"TMPDIR": str(tmp_path)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=100, env=environment(more), check=False)

    assert (0, "") == (done.returncode, done.stderr)
    assert 4 == done.stdout.count("sent over SMTP: ")
    assert 4 == done.stdout.count(": 250 2.0.0 Accepted")
    assert "4 copies delivered to the owner's mailbox" in done.stdout
    assert [] == list(tmp_path.iterdir())


def test_it_stays_up_until_ctrl_c(tmp_path: Path) -> None:
    """The command that it prints works as long as it is up; Ctrl-C ends it without a trace."""
    words = [sys.executable, "-m", "smtpd_billbee", "demo"]
    with tempfile.TemporaryFile("w+") as out:
        demo = subprocess.Popen(words, stdout=out, stderr=out, env=environment({"TMPDIR": str(tmp_path)}))

        def said() -> str:
            out.seek(0)
            return out.read()

        try:
            wait_until(lambda: "until Ctrl-C" in said(), "the invitation")
            (file,) = re.findall(r"--config (\S+) order list", said())
            listing = [sys.executable, "-m", "smtpd_billbee", "--config", file, "mail", "list", "--json"]
            listed = subprocess.run(listing, capture_output=True, text=True, env=environment(), check=False)
            demo.send_signal(signal.SIGINT)
            demo.wait(30)
        finally:
            demo.kill()
            demo.wait()
        text = said()

    assert 0 == listed.returncode, listed.stderr
    assert 4 == listed.stdout.count('"received_at"')
    assert "Traceback" not in text
    assert [] == list(tmp_path.iterdir())
