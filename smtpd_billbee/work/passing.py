"""A piece of work in a process that ends with it: what it had to load for it, nobody holds any longer."""

import os
import pickle
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_passing(work: Callable[[], T]) -> T:
    """What `work` makes; here, if the other process does not come to it.  Only where no thread runs: it is forked."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writing, "wb") as out:
                pickle.dump(work(), out)
        finally:
            os._exit(0)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as answer:
            made: T = pickle.load(answer)
    except (EOFError, pickle.UnpicklingError):
        return work()
    finally:
        os.waitpid(child, 0)
    return made
