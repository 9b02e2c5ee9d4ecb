"""What a child process does that reads: it loads the reader; whoever only names these functions loads nothing of it."""

from collections.abc import Sequence

from smtpd_billbee import reader
from smtpd_billbee.model.anonymised import Anonymised
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Reading
from smtpd_billbee.model.shown import Shown


def load(mail: bytes) -> None:
    """Whatever is asked for with the first mails, of which this is one: names of countries and months, and all words.

    What they were taken from goes: it comes first, and its room is filled by what comes after.
    """
    from smtpd_billbee.reader import cldr, countries, dates, street_words

    countries.country_code("DE")
    dates.months()
    street_words.months()
    cldr.names.cache_clear()
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
