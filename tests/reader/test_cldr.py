"""What the reader takes from CLDR is taken at once, and the tables go."""

from datetime import date

from babel import localedata

from smtpd_billbee.reader import cldr, countries, dates, street_words


def test_taken_and_let_go() -> None:
    """Countries and months are known in every language, and nothing of the tables is left or comes back for it."""
    cldr.take()
    found = [countries.country_code(each) for each in ("Deutschland", "Suisse", "Polska", "日本", "CHE")]
    months = [dates.months()[each] for each in ("märz", "mars", "marzo", "maart")]

    assert ["DE", "CH", "PL", "JP", "CH"] == found
    assert [date(2026, 3, 1).month] * 4 == months
    assert "mai" in street_words.months()
    assert [] == [each for each in ("de", "fr", "ja") if each in vars(localedata)["_cache"]]
