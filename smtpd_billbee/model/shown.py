"""A mail as a person sees it beside its reading: the lines by which the reader counts."""

from dataclasses import dataclass

from smtpd_billbee.model.reading import Part, Reading


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line of one part; `number` counts as the reading's origins do, from 1."""

    part: Part
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A reading, and the lines that it was read from; of a mail in a mail, the inner one's."""

    reading: Reading
    lines: tuple[ShownLine, ...] = ()
