"""What the reader takes from CLDR is taken language by language, and the tables go."""

from babel import localedata

from smtpd_billbee.reader import cldr, countries, dates, street_words


def test_names_of_a_language() -> None:
    """Countries by code, and months as they stand in a date, or alone: in Polish those are two forms."""
    polish = cldr.names("pl")

    assert "Niemcy" == polish.countries["DE"]
    assert ["marca", "marzec"] == [form["wide"][3] for form in polish.months]


def test_taken_and_let_go() -> None:
    """Countries and months are known in every language, and nothing of the tables is left."""
    cldr.forget()
    for each in ("de", "fr", "ja", "zh_Hant"):
        cldr.names(each)
    found = [countries.country_code(each) for each in ("Deutschland", "Suisse", "Polska", "日本", "CHE", "UK")]
    months = [dates.months()[each] for each in ("märz", "mars", "marzo", "maart")]

    assert ["DE", "CH", "PL", "JP", "CH", "GB"] == found
    assert [3, 3, 3, 3] == months
    assert "mai" in street_words.months()
    assert [] == list(vars(localedata)["_cache"])
