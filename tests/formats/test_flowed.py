"""format=flowed (RFC 3676)."""

from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.flowed import unwrapped


def test_paragraphs():
    """A blank at the end of a line says that the next one belongs to it (4.1)."""
    assert "2 x Tasse, blau 12,50 EUR\nDanke" == unwrapped("2 x Tasse, \nblau 12,50 EUR\nDanke", False)


def test_del_sp():
    """DelSp=yes: that blank is no part of the text (4.1), as Japanese needs it."""
    assert "ご注文番号\nabc" == unwrapped("ご注文 \n番号\nabc", True)


def test_stuffing():
    """A blank in front of a line is not of the text (4.4)."""
    assert "From here\n> no quote\n a" == unwrapped(" From here\n > no quote\n  a", False)


def test_quotes():
    """Lines of one depth belong together, others do not (4.5); the marks stay."""
    assert "> one two \n>> three\nfour" == unwrapped("> one \n> two \n>> three\nfour", False)


def test_signature():
    """'-- ' is a line of its own (4.3)."""
    assert "Danke \n-- \nShop" == unwrapped("Danke \n-- \nShop", False)


@given(st.text(alphabet="> -a\n"), st.booleans())
def test_any_text(text: str, del_sp: bool):
    """No letter is lost."""
    assert text.count("a") == unwrapped(text, del_sp).count("a")
