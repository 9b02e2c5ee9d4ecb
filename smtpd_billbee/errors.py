"""Errors that are ours: each carries a sentence a person can act on."""

import os
import traceback


class Error(Exception):
    """Something went wrong."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class ConfigError(Error):
    """The configuration cannot be used."""


class StartError(Error):
    """The server cannot start."""


class StoreAway(Error):
    """The database cannot be reached or written just now."""


class ShopGone(StoreAway):
    """A shop was removed or closed while its mail came in: the next try will be told so."""


class NoReport(Error):
    """A mail to the sender of a copy is no report about it."""


class ChangedMeanwhile(Error):
    """Somebody else has changed it meanwhile; nothing was overwritten."""


class NoSuchThing(Error):
    """There is nothing by that name or number."""


class TakenMeanwhile(Error):
    """Somebody else has just kept one of these orders; look again at what is there."""


class Refused(Error):
    """That cannot be done."""


def place(error: BaseException) -> str:
    """'file:line' where it was raised, for the log: its text may quote a row, and that is personal."""
    raised = traceback.extract_tb(error.__traceback__)[-1]
    return f"{raised.filename}:{raised.lineno}"


def plain_words(error: OSError) -> str:
    """What the system says, without the address that asyncio and socket add.  The resolver's numbers are below 0."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
