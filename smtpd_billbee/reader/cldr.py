"""What the reader takes from CLDR's tables: names of countries and months.  Babel holds all of them: 12 MiB."""

from babel import localedata

from smtpd_billbee.reader import countries, dates, street_words


def take() -> None:
    """Take it all at once, and let the tables go.

    Before anything else is loaded: what is loaded later fills the gaps that they leave.
    """
    countries.take_names()
    dates.months()
    street_words.months()
    localedata.clear_caches()
