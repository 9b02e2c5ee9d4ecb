"""A mail with invented persons in the place of real ones."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Anonymised:
    """The new mail; None if something personal would still stand in it.  `doubts`: what a person must look at."""

    mail: bytes | None
    doubts: tuple[str, ...]
