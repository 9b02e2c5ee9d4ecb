"""Child processes that can be killed: a mail that takes too long or too much stops only its child."""

import asyncio
import multiprocessing
import multiprocessing.context
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from enum import Enum, auto
from typing import Any, TypeVar

import structlog
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from smtpd_billbee.work.birth import prepare_child

log = structlog.get_logger()

T = TypeVar("T")

LARGE = 1024 * 1024  # octets
# When the server is killed, its semaphores are removed all the same; a warning of it in the log helps nobody.
QUIET = "ignore:resource_tracker:UserWarning"
PRELOADED = ("pebble.pool.process", "smtpd_billbee.work.nursery")


class Failed(Enum):
    """Why there is no answer from a child."""

    TOOK_TOO_LONG = auto()
    TOOK_TOO_MUCH = auto()  # memory
    MADE_A_MISTAKE = auto()
    BROKE_DOWN = auto()  # twice: it was not somebody outside who killed it


class Children:
    """A few processes with a limit on time (seconds) and on address space (bytes) for each piece of work.

    `name` is for the log; `prepare` is run in each child before its first work.  `lets_end`: work that nobody waits for
    any more is let end, for its child remembers things; else it is stopped with its child.
    """

    def __init__(
        self, name: str, processes: int, time_limit: float, memory_limit: int,
        prepare: Callable[..., None] | None = None, words: Sequence[object] = (), lets_end: bool = False,
    ) -> None:  # fmt: skip
        self.processes = processes
        self._name = name
        self._time_limit = time_limit
        self._lets_end = lets_end
        self._born: Future[None] | None = None
        self._prepared = (memory_limit, prepare, words)
        self._pool = self._new_pool()
        self._replacing = asyncio.Lock()
        self._closed = False

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.processes, context=_context(), initializer=prepare_child, initargs=self._prepared
        )

    def start(self, work: Callable[..., object], *words: Any, time_limit: float) -> None:
        """Start the children with a first work: the first mail would wait seconds for all that they load.

        In a thread: until the fork server has loaded what they share, it answers nobody.
        """
        midwife = ThreadPoolExecutor(1)
        self._born = midwife.submit(self._bear, work, words, time_limit)
        midwife.shutdown(wait=False)

    def _bear(self, work: Callable[..., object], words: Sequence[Any], time_limit: float) -> None:
        for _ in range(self.processes):
            self._pool.schedule(work, args=words, timeout=time_limit)

    @property
    def are_born(self) -> bool:
        """Whether they were started, and are there."""
        return self._born is not None and self._born.done()

    async def run(self, work: Callable[..., T], *words: object) -> T | Failed:
        """What `work` makes of `words`; what goes wrong is a value, never an exception."""
        await self._birth()
        size = next((len(each) for each in words if isinstance(each, bytes)), 0)
        try:
            return await self._run(work, words, size)
        finally:
            if size >= LARGE and not self._closed:  # the pool remembers its last work until it has another one
                with suppress(RuntimeError):  # it broke meanwhile, and is about to be forgotten itself
                    self._pool.schedule(len, args=((),))  # for which a child has nothing to load

    async def _run(self, work: Callable[..., T], words: Sequence[object], size: int) -> T | Failed:
        for _ in range(2):
            try:
                done: T = await self._done(await self._scheduled(work, words, self._time_limit))
                return done
            except TookTooLong:
                return Failed.TOOK_TOO_LONG
            except MemoryError:
                return Failed.TOOK_TOO_MUCH
            except Exception as error:
                if not isinstance(error, ProcessExpired | BrokenProcessPool):
                    log.error(f"{self._name} failed", cause=type(error).__name__, size=size)
                    return Failed.MADE_A_MISTAKE
                # The child may have been killed from outside, or by this mail: the second try tells.
                log.warning(f"{self._name} child died", size=size)
        return Failed.BROKE_DOWN

    async def run_once(self, work: Callable[..., T], *words: object, seconds: float) -> T | None:
        """The same with a time limit of its own; None when it goes wrong, whatever it is: nothing is told of it."""
        await self._birth()
        try:
            done: T = await self._done(await self._scheduled(work, words, seconds))
        except Exception:
            return None
        return done

    async def _scheduled(self, work: Callable[..., T], words: Sequence[object], seconds: float) -> "ProcessFuture[T]":
        """Work for the pool.  One that lost a child which had nothing to do takes none any more: another one does.

        Raises BrokenProcessPool.
        """
        if not self._pool.active and not self._closed:
            async with self._replacing:
                if not self._pool.active:
                    log.warning(f"{self._name} children died while they waited")
                    await asyncio.to_thread(self._replace)
        try:
            return self._pool.schedule(work, args=words, timeout=seconds)
        except RuntimeError as error:  # it broke just now
            raise BrokenProcessPool from error

    def _replace(self) -> None:
        """In a thread.  Whoever comes meanwhile finds the broken one, and waits until the other has its children."""
        broken, new = self._pool, self._new_pool()
        _stopped(broken)
        new.schedule(len, args=((),))
        self._pool = new
        if self._closed:  # meanwhile
            _stopped(new)

    async def _birth(self) -> None:
        """Wait until the children are born, if they are being born."""
        if self._born is not None and not self.are_born:
            await asyncio.wait([asyncio.wrap_future(self._born)])

    async def _done(self, future: "ProcessFuture[Any]") -> Any:
        done = asyncio.wrap_future(future)
        if not self._lets_end:
            return await done
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            if future.running():
                done.add_done_callback(lambda late: late.cancelled() or late.exception())  # nobody else fetches it
            else:
                done.cancel()
            raise

    def close(self) -> None:
        """Stop the children, whatever they do."""
        self._closed = True
        _stopped(self._pool)


def _stopped(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join(timeout=10)


def _context() -> multiprocessing.context.BaseContext:
    """Children are forked, but not from us: that would copy the locks of our threads."""
    if QUIET not in sys.warnoptions:  # what multiprocessing hands to the processes that it starts
        sys.warnoptions.append(QUIET)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context
