"""Our own signature: the key in the state folder, mails of ours signed with it, and mails of others sealed.

Without a key everything works, unsigned.  The key is read at the start; a new one counts from the next start on.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from smtpd_billbee.auth.own_keys import BadKeyFile, OwnKey, new_key, own_key_of, record_strings
from smtpd_billbee.errors import ConfigError, Refused, plain_words
from smtpd_billbee.formats.auth_results import auth_results
from smtpd_billbee.model.evidence import Evidence
from smtpd_billbee.store.store import Store

__all__ = ["OwnKey", "Signer", "create_key", "key_in", "record_strings"]

FILE = "dkim.key"
LARGE = 256 * 1024  # to hash more takes so long that the loop must not wait for it


class Signer:
    """Signs with the key, if there is one; else nothing is loaded of what signs."""

    def __init__(self, key: OwnKey | None, clock: Callable[[], datetime]) -> None:
        self._key = key
        self._clock = clock

    async def signed(self, raw: bytes) -> bytes:
        """A mail of ours with its signature."""
        key, at = self._key, self._clock()
        if key is None:
            return raw
        from smtpd_billbee.auth.own_signatures import dkim_signature  # see above

        return await _done(lambda: dkim_signature(raw, key, at), raw) + raw

    async def sealed(self, raw: bytes, evidence: Evidence, hostname: str, null_sender: bool) -> bytes:
        """A mail of others behind what we had found out about it, and our seal on that."""
        found, key, at = auth_results(evidence, hostname, null_sender=null_sender), self._key, self._clock()
        if key is None:
            return found + raw
        from smtpd_billbee.auth.own_signatures import arc_seal  # see above

        results = found.partition(b":")[2]
        return await _done(lambda: arc_seal(raw, key, at, results, evidence), raw) + found + raw


async def _done(work: Callable[[], bytes], raw: bytes) -> bytes:
    return work() if len(raw) < LARGE else await asyncio.to_thread(work)


def key_in(state_dir: str) -> OwnKey | None:
    """The key that is kept there, if any.  Raises ConfigError when it cannot be read."""
    file = Path(state_dir) / FILE
    try:
        return own_key_of(file.read_text(encoding="ascii", errors="replace"))
    except FileNotFoundError:
        return None
    except BadKeyFile as error:
        raise ConfigError(f"{file}: {error}; make a new one with `dkim create --force`") from None
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {plain_words(error)}") from None


async def is_new_here(store: Store, key: OwnKey | None, now: datetime) -> bool:
    """Whether the node that started last, on whichever machine, had another key, or had one where there is none."""
    digest = sha256(key.record.encode() if key else b"").digest()
    async with store.transaction() as tx:
        return await tx.keys.swap(FILE, digest, now) not in (None, digest)


def create_key(state_dir: str, domain: str, selector: str, *, force: bool) -> OwnKey:
    """Make a key, for the server's eyes only.  Raises Refused where there is one, unless it may be replaced."""
    file = Path(state_dir) / FILE
    if file.exists() and not force:
        raise Refused(f"{file} is there already; `dkim show` shows its record, --force makes a new key")
    key = new_key(domain, selector)
    new = file.with_suffix(".new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
            out.write(key.text)
            out.flush()
            _give_to_the_owner_of(file.parent, out.fileno())
            os.fsync(out.fileno())
        new.rename(file)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {plain_words(error)}") from None
    return key


def _give_to_the_owner_of(folder: Path, descriptor: int) -> None:
    """Made by root for a server that is another user: it must be able to read it, or does not start."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
