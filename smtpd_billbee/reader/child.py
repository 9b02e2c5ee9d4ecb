"""What a child process does that reads: it loads the reader; whoever only names these functions loads nothing of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smtpd_billbee import reader
from smtpd_billbee.model.anonymised import Anonymised
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.shown import Shown
from smtpd_billbee.reader.word_files import LANGUAGES

if TYPE_CHECKING:
    from smtpd_billbee.reader.cldr import Taken


def names() -> "Taken":
    """What load() needs of CLDR."""
    from smtpd_billbee.reader import cldr, countries, street_words

    return cldr.take(dict.fromkeys((*countries.LANGUAGES, *LANGUAGES, *street_words.MONTH_LANGUAGES)))


def load(taken: "Taken", mail: bytes) -> None:
    """What is asked for with the first mails, of which this is one: names of countries and months, and all words."""
    from smtpd_billbee.reader import cldr, countries, dates, street_words

    cldr.hand(taken)
    countries.country_code("DE")
    dates.months()
    street_words.months()
    cldr.forget()
    reader.read(mail)


def read(raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
    """The reading of a mail."""
    return reader.read(raw, taught)


def shown(raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Shown:
    """The reading with the mail's lines."""
    return reader.shown(raw, taught)


def anonymise(raw: bytes) -> Anonymised:
    """The mail with invented persons."""
    return reader.anonymise(raw)
