"""What the window is told about the place where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """`address`: how browsers reach it; `domain`: of the import addresses; `secure`: over TLS."""

    address: str
    domain: str
    secure: bool
