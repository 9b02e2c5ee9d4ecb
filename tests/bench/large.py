"""By how much one large mail raises `serve` at its highest: `python -m tests.bench.large [--size MIB]`.

Resident memory of the process itself, not of its children: while the mail comes in and is kept, and until it is read
and its copy is sent.  The mail is made up and holds an attachment of chance, which nothing makes smaller.
"""

import argparse
import base64
import os
import smtplib
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.mails import RECIPIENT, SENDER
from tests.bench.peers import Basin, Billbee, CannotStart, wait_until
from tests.bench.sources import Load, Sessions

MIB = 1024 * 1024
PATIENCE = 120.0
SETTLING = 1.0  # seconds
_HEAD = b"""\
From: Teeladen <%(sender)b>\r
To: %(recipient)b\r
Subject: Kundenfotos\r
X-Sample: synthetic\r
MIME-Version: 1.0\r
Content-Type: application/zip; name="fotos.zip"\r
Content-Transfer-Encoding: base64\r
\r
"""


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=float, default=34.9, help="of the mail, in MiB")
    options = parser.parse_args()
    mail = large_mail(int(options.size * MIB))
    table = Table(title=f"One mail of {len(mail) / MIB:.1f} MiB: what it adds to the process at most")
    for column in ("until", "MiB", "times its size"):
        table.add_column(column, justify="left" if column == "until" else "right")
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as name, ExitStack() as stack:
        basin = Basin()
        stack.callback(basin.stop)
        try:
            basin.start()
            peer = Billbee(Path(name) / "all", basin.port)
            stack.callback(peer.stop)
            peer.start()
        except CannotStart as reason:
            Console().print(str(reason))
            return
        Sessions().send(peer.port, Load(messages=50, sessions=5, reuse=True))
        wait_until(peer.is_idle, PATIENCE, "the first mails")
        time.sleep(SETTLING)
        before = _memory(peer.pid, "VmRSS")
        Path(f"/proc/{peer.pid}/clear_refs").write_text("5")  # the highest so far is forgotten (proc(5))
        with smtplib.SMTP("127.0.0.1", peer.port) as client:
            client.sendmail(SENDER, [RECIPIENT], mail)
        for until in ("it is accepted", "it is read and copied"):
            _row(table, until, _memory(peer.pid, "VmHWM") - before, len(mail))
            wait_until(peer.is_idle, PATIENCE, "the large mail")
    Console().print(table)


def large_mail(size: int) -> bytes:
    """So many bytes, or a few less."""
    head = _HEAD % {b"sender": SENDER.encode(), b"recipient": RECIPIENT.encode()}
    lines = (size - len(head)) // 78
    return head + base64.encodebytes(os.urandom(57 * lines)).replace(b"\n", b"\r\n")


def _memory(pid: int, name: str) -> float:
    """In MiB."""
    (line,) = (line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def _row(table: Table, until: str, grown: float, size: int) -> None:
    table.add_row(until, f"{grown:.0f}", f"{grown * MIB / size:.1f}")


if __name__ == "__main__":
    main()
