"""A word that an owner taught the reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaughtLabel:
    """In a mail of that language, `words` stand before or above the value of `field` (as the word lists name it)."""

    language: str
    field: str
    words: str
