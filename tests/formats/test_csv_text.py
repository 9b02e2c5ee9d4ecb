"""CSV text as lines of cells; all of it synthetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.csv_text import NOT_DOUBLED, TOO_LONG, UNCLOSED, Line, csv_lines, decoded
from tests.pace import LINEAR, growth


def lines_of(text: str) -> list[Line]:
    """The lines, by whatever delimiter makes most cells of the first."""
    return list(csv_lines(text, lambda lines: len(lines[0].cells) if lines else 0))


def wrong(text: str) -> dict[int, str | None]:
    """What is said about which line."""
    return {line.number: line.wrong or line.doubt for line in lines_of(text) if line.wrong or line.doubt}


def test_an_unclosed_quote() -> None:
    """The next quoted cell seems to close it, two orders become one, and nobody sees it: so its line is broken."""
    text = 'Nr.,Artikel,Anzahl\n1,"Tasse,1\n2,"Teller",1\n3,Kanne,1\n'

    assert {2: UNCLOSED} == wrong(text)
    assert [["2", "Teller", "1"], ["3", "Kanne", "1"]] == [line.cells for line in lines_of(text)[2:]]


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_an_unclosed_quote_at_the_end(end: str) -> None:
    """Nothing closes it: the line is broken all the same."""
    assert {2: UNCLOSED} == wrong(f'1,Tasse,1\n2,"Teller,1{end}')


def test_quotes_that_are_right() -> None:
    """A cell over several lines, doubled marks, an inch sign within an unquoted cell: nothing to say."""
    lines = lines_of('1,"Tasse\n""blau""\n\ngroß",1\n2,Rahmen 12" schwarz,1\n')

    assert [('Tasse\n"blau"\n\ngroß', 1, 4), ('Rahmen 12" schwarz', 5, 5)] == [
        (line.cells[1], line.number, line.last) for line in lines
    ]
    assert {} == wrong('1,"Tasse\n""blau""\n\ngroß",1\n2,Rahmen 12" schwarz,1\n')


def test_a_quote_that_is_not_doubled() -> None:
    """The cells are as many as they should be, but one may be cut wrongly: a doubt, no failure."""
    (line,) = lines_of('1,"Poster "Hafen" A2",1\n')

    assert (3, NOT_DOUBLED, None) == (len(line.cells), line.doubt, line.wrong)


def test_a_cell_that_is_too_long() -> None:
    """Python's own limit is a complaint about the line."""
    assert {2: TOO_LONG} == wrong('1,Tasse,1\n2,"' + "x" * 200_000 + "\n3,Kanne,1\n")


@pytest.mark.parametrize("line", [',"\n', ',""\n', ',"""\n', 'a"b,"\n', '",\n', "x" * 99 + '"\n', ',"a\n,""\n,""\n'])
def test_linear_time(line: str) -> None:
    """However the marks stand, no line is looked at again and again."""
    assert growth(lambda size: lines_of(line * size), 20_000) < LINEAR


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Größe".encode(), "Größe"),
        ("Größe".encode("cp1252"), "Größe"),
        ("5 €".encode("cp1252"), "5 €"),
        ("Größe Müller".encode().replace(b"\xc3\x9f", b"\xc3"), "Gr\u00f6\ufffde Müller"),
        ("Größe".encode("utf-16"), "Größe"),
    ],
)
def test_encodings(content: bytes, text: str) -> None:
    """One letter that was cut in two does not make a UTF-8 file a cp1252 file in which every 'ü' is 'Ã¼'."""
    assert text == decoded(content)


@given(st.text(alphabet='ab,;"\n\r\t\0', max_size=60))
def test_any_text(text: str) -> None:
    """Every physical line is in a line of cells or complained about."""
    seen = [number for line in lines_of(text) for number in range(line.number, max(line.last, line.number) + 1)]

    assert seen == list(range(1, len(seen) + 1))
