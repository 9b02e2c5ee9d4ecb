"""What a database takes of a reading."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.work.storable import storable
from tests.making import ORDER, reading_of


def test_nothing_changes():
    """An ordinary reading stays what it is, with its amounts, kinds and empty places."""
    reading = replace(reading_of(ORDER, "a problem"), provenance={"total": Origin(Part.TEXT, "38,20 €", "Gesamt", 7)})

    assert reading == storable(reading)
    assert Decimal is type(storable(reading).order.total)


def test_everywhere():
    """Also in nested places, and in names."""
    odd = replace(reading_of(), reason="\0", provenance={"a\0": Origin(Part.HTML, "\ud800")})

    assert ("\ufffd", {"a\ufffd": Origin(Part.HTML, "\ufffd")}) == (storable(odd).reason, storable(odd).provenance)


@given(st.text(st.characters(), max_size=30))
def test_any_text(text: str):
    """Any text becomes one that can be written as UTF-8 and has no NUL; whole surrogate pairs become their letter."""
    kept = storable(text)

    assert "\0" not in kept
    assert kept == kept.encode().decode()
    assert "😀" == storable("\ud83d\ude00")
