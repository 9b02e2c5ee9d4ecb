"""A real Postfix of our own, with its own folders and ports: it brings mails to us, and takes our copies.

    with postfix(bringing_to=port) as peer:
        smtplib.SMTP("127.0.0.1", peer.port) ...
        peer.log()

Everything for inbound.example goes over STARTTLS to `bringing_to`; every other mail is taken and thrown away, and its
log says so.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.peers import MAIN_CF, MASTER_CF
from tests.serving import free_port, wait_until
from tests.sink import self_signed

_MAIN = (
    MAIN_CF
    + """\
transport_maps = inline:{{ {{ inbound.example = smtp:[127.0.0.1]:{bringing_to} }} }}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtp_host_lookup = native
smtp_line_length_limit = 0
smtp_tls_security_level = encrypt
smtp_tls_loglevel = 1
smtpd_tls_security_level = encrypt
smtpd_tls_loglevel = 1
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {key}
"""
)

# The second door, without TLS, is for the tests that give it mails to bring.
_MASTER = (
    MASTER_CF.replace("qmgr unix n - n 300", "qmgr unix n - n 1")
    + """\
127.0.0.1:{plain} inet n - n - - smtpd -o smtpd_tls_security_level=none
smtp unix - - n - - smtp
tlsmgr unix - - n 1000? 1 tlsmgr
scache unix - - n - 1 scache
"""
)


@dataclass(frozen=True, slots=True)
class Postfix:
    """One that is up: `port` speaks STARTTLS, `plain` takes mails to bring."""

    folder: Path
    port: int
    plain: int
    certificate: Path

    def log(self) -> str:
        """What it says of each mail."""
        file = self.folder / "log"
        return file.read_text() if file.exists() else ""

    def wait_for_log(self, words: str, times: int = 1) -> None:
        """Until these words stood in its log so often."""
        wait_until(lambda: self.log().count(words) >= times, f"Postfix to say {words!r} {times} times")


def why_not() -> str | None:
    """Why there can be no Postfix here."""
    if not shutil.which("postfix", path=search_path()):
        return "Postfix is not installed"
    return None if os.geteuid() == 0 else "Postfix can be started by root only"


@contextmanager
def postfix(bringing_to: int) -> Iterator[Postfix]:
    """One that runs for the length of the block; the test is skipped where none can run."""
    if reason := why_not():
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))  # pytest's own folders let nobody else through
    try:
        peer = _made(folder, bringing_to)
        _command(folder, "start")
        try:
            yield peer
        finally:
            _command(folder, "stop")  # the process whose number stands in its own folder, with its children
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _made(folder: Path, bringing_to: int) -> Postfix:
    folder.chmod(0o755)
    for name in ("queue", "data"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    certificate, key = self_signed(folder)
    peer = Postfix(folder, free_port(), free_port(), certificate)
    main = _MAIN.format(folder=folder, bringing_to=bringing_to, certificate=certificate, key=key)
    (folder / "main.cf").write_text(main)
    (folder / "master.cf").write_text(_MASTER.format(port=peer.port, plain=peer.plain))
    return peer


def _command(folder: Path, word: str) -> None:
    program = shutil.which("postfix", path=search_path())
    assert program is not None
    environment = os.environ | {"PATH": search_path()}
    done = subprocess.run(
        [program, "-c", str(folder), word], capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert 0 == done.returncode, done.stderr


def search_path() -> str:
    """Also where only root looks for programs."""
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
