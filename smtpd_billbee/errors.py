"""Errors that are ours: each carries a sentence a person can act on."""


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


class NoSuchThing(Error):
    """There is nothing by that name or number."""


class Refused(Error):
    """That cannot be done."""
