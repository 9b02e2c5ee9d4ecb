"""Copy a running server's SQLite file: backup.py DATABASE FOLDER KEEP.

VACUUM INTO writes a whole, consistent file from one read transaction (sqlite.org/lang_vacuum.html): mails keep coming
in meanwhile, and what was answered 250 before it began is in it.  The copy appears under its name only when it is
complete, checked and on the disk; the KEEP newest stay.
"""

import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path


def main(database: Path, folder: Path, keep: int) -> Path:
    """Make one copy and forget the oldest; the copy's path.  It holds mails: it is its owner's alone."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / time.strftime("smtpd-billbee-%Y%m%dT%H%M%SZ.sqlite3", time.gmtime())
    unfinished = copy.with_suffix(".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=60)) as connection:
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    _check(unfinished)
    _sync(unfinished)
    unfinished.rename(copy)
    _sync(folder)
    for old in sorted(folder.glob("smtpd-billbee-*.sqlite3"))[:-keep]:
        old.unlink()
    return copy


def _check(file: Path) -> None:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        (answer,) = connection.execute("PRAGMA quick_check").fetchone()
    if answer != "ok":
        raise SystemExit(f"backup.py: the copy is damaged: {answer}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    if len(sys.argv) != 4 or not sys.argv[3].isdecimal() or int(sys.argv[3]) < 1:
        sys.exit("usage: backup.py DATABASE FOLDER KEEP")
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
