"""What the window is told about the place where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """`address`: how browsers reach it; `domain`: of the import addresses; `secure`: over TLS.

    `largest_mail`: bytes of the largest mail that the door takes; the workbench takes the same.
    """

    address: str
    domain: str
    secure: bool
    largest_mail: int
