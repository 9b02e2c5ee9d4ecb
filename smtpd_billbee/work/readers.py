"""The reader in child processes that can be killed: a mail that takes too long or too much stops only its child."""

import asyncio
import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from smtpd_billbee import reader
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.model.shown import Shown

log = structlog.get_logger()

T = TypeVar("T")

START_SECONDS = 60
# Whatever is loaded with the first order of a process is loaded with this one: word lists, months, countries, lxml.
_FIRST_MAIL = b"""\
From: shop@shop.example
Subject: Neue Bestellung 1
X-Sample: synthetic
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Bestellnummer: 1<br>Bestelldatum: 1. Januar 2026<br>Zahlungsart: PayPal</p>
<h3>Rechnungsadresse</h3><p>Frau Anna Beispiel<br>Lindenweg 7<br>12345 Musterstadt<br>Deutschland</p>
<table><tr><th>Anzahl</th><th>Artikel</th><th>Einzelpreis</th><th>Gesamtpreis</th></tr>
<tr><td>1</td><td>Tee</td><td>1,00 EUR</td><td>1,00 EUR</td></tr></table><p>Gesamtsumme: 1,00 EUR</p>
"""


@dataclass(frozen=True, slots=True)
class _Failed:
    """Why there is no answer from the child."""

    reason: str


class Readers:
    """A few child processes with a limit on time (seconds) and on address space (bytes) for each mail."""

    def __init__(
        self, processes: int, time_limit: float, memory_limit: int, read: Callable[..., Reading] = reader.read
    ) -> None:
        self._processes = processes
        self._time_limit = time_limit
        self._read = read
        self._pool = ProcessPool(
            max_workers=processes,
            context=multiprocessing.get_context("spawn"),  # a fork would copy the locks of our threads
            initializer=_prepare_child,
            initargs=(memory_limit,),
        )

    def start(self) -> None:
        """Start the children before they are needed: the first mail would wait seconds for all that they load."""
        for _ in range(self._processes):
            self._pool.schedule(self._read, args=(_FIRST_MAIL, ()), timeout=START_SECONDS)

    async def read(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
        """The reading of a mail; what goes wrong with the child is an unreadable mail, never an exception."""
        found = await self._in_child(self._read, raw, tuple(taught))
        return _unreadable(found.reason) if isinstance(found, _Failed) else found

    async def show(self, raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Shown:
        """The reading with the mail's lines; without lines when the child could not do it."""
        found = await self._in_child(reader.shown, raw, tuple(taught))
        return Shown(_unreadable(found.reason)) if isinstance(found, _Failed) else found

    async def anonymise(self, raw: bytes) -> reader.Anonymised:
        """The mail with invented persons; none, with the reason, when the child could not do it."""
        found = await self._in_child(reader.anonymise, raw)
        return reader.Anonymised(None, (found.reason,)) if isinstance(found, _Failed) else found

    async def _in_child(self, work: Callable[..., T], *words: object) -> "T | _Failed":
        size = len(words[0]) if isinstance(words[0], bytes) else 0
        for _ in range(2):
            try:
                future = self._pool.schedule(work, args=words, timeout=self._time_limit)
                done: T = await asyncio.wrap_future(future)
                return done
            except TookTooLong:
                return _Failed(f"reading took longer than {self._time_limit:g} seconds and was stopped")
            except MemoryError:
                return _Failed("reading needed more memory than it may use")
            except Exception as error:
                if not isinstance(error, ProcessExpired):
                    log.error("reader failed", cause=type(error).__name__, size=size)
                    return _Failed("the reader made a mistake over this mail")
                # The child may have been killed from outside, or by this mail: the second try tells.
                log.warning("reader child died", size=size)
        return _Failed("the reader broke down twice over this mail")

    async def run(self, function: Callable[..., T], *values: Any) -> T | None:
        """What a function makes of a mail's bytes, under the same limits; None: the child was stopped or broke down."""
        found = await self._in_child(function, *values)
        return None if isinstance(found, _Failed) else found

    def close(self) -> None:
        """Stop the children, whatever they do."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join(timeout=10)


def _unreadable(reason: str) -> Reading:
    return Reading(Outcome.UNREADABLE, Kind.OTHER, reason=reason)


def _prepare_child(memory_limit: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_limit, memory_limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold customers' mails
