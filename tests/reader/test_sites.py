"""The sites that a mail names, also where its writer would rather have them overlooked."""

import pytest

from smtpd_billbee.formats.mime import Body, Letter
from smtpd_billbee.reader.sites import LONGEST_LINE, sites_of

OTHER = "other-shop.example"
_DOTS = "".join(f'<a href="https://tea.example{"." * count}/">.</a>' for count in range(1, 60))


def of_html(markup: str) -> frozenset[str]:
    return sites_of((), Letter(bodies=(Body("html", f"<html><body>{markup}</body></html>"),)))


@pytest.mark.parametrize(
    "markup",
    [
        f'<a href="https://{OTHER}/imprint">x</a>',
        f"<a href=//{OTHER}>x</a>",
        f'<a href="https&#58;&#47;/{OTHER}/">x</a>',
        f'<a href="https:\\\\{OTHER}/">x</a>',
        f'<a href="ht\ntps:/\t/{OTHER}/">x</a>',
        f'<a href="https:{OTHER}">x</a>',
        f'<a href="https://tea.example@{OTHER}/">x</a>',
        f'<a href="https://tea.example:x@{OTHER}/">x</a>',
        f'<a href="https://tea.example/r?to=https://{OTHER}/">x</a>',
        f'<a href="https://tea.example/r?to=https%3A%2F%2F{OTHER}">x</a>',
        f'<a href="https://tea.example/r?to=https%253A%252F%252F{OTHER}">x</a>',
        f'<img src="https://{OTHER}/a.png">',
        f'<td background="http://{OTHER}/a.png">x</td>',
        f'<td style="background: url(//{OTHER}/a.png)">x</td>',
        f'<form action="https://{OTHER}/"></form>',
        f"<style>@import url(https://{OTHER}/a.css);</style>",
        f"<!-- https://{OTHER}/ -->",
        f'<div style="display:none">{OTHER}</div>',
        f'<img alt="www.{OTHER}" src="cid:1">',
        "Other-shop.Example",
        f'"{OTHER}"',
        f"Site:{OTHER}:443",
        f"see {OTHER}!",
        f"*{OTHER}*",
        f"{'x ' * LONGEST_LINE} www.{OTHER}",
        f"<!--{'x' * 600_000}--><a href='https://{OTHER}/'>x</a>",
        f'{_DOTS}<a href="https://{OTHER}/">x</a>',
    ],
)
def test_it_is_found(markup: str) -> None:
    """However a link is written, wherever it goes, seen or not, and whatever stands before it."""
    assert OTHER in {host.removeprefix("www.") for host in of_html(markup)}


@pytest.mark.parametrize(
    "before", ["<div>" * 300, "<b>" * 3000, "<script>" + "x" * 10_500_000, f'<p title="{"x" * 12_000_000}">'],
    ids=["deep", "deeper", "script", "attribute"],
)  # fmt: skip
@pytest.mark.parametrize("named", [f'<a href="https://{OTHER}/">x</a>', f"<p>{OTHER}</p>"], ids=["link", "text"])
def test_behind_what_no_parser_takes(before: str, named: str) -> None:
    """libxml2 leaves out what is nested too deep, or stands behind a text that is too long; a browser does not."""
    assert OTHER in of_html(before + named)


def test_long_lines_of_a_text() -> None:
    """The reader cuts what nobody has written for people; here it counts."""
    text = f"{'x ' * LONGEST_LINE} www.{OTHER}"

    assert {f"www.{OTHER}"} == sites_of((text[:LONGEST_LINE],), Letter(bodies=(Body("text", text),)))


@pytest.mark.parametrize(
    "text",
    [
        "https://www.tea.example.1.2.3.4.other.example/", "https://\u2615tea.example/", "\u2615tea.example",
        "other\u00b7tea.example", "tea.example.other.example", "ab.example", "tea.nr",
    ],
)  # fmt: skip
def test_the_whole_word_counts(text: str) -> None:
    """A name within a longer one is another one."""
    assert frozenset() != sites_of((text,), Letter()) - {"tea.example"}
    assert "tea.example" not in sites_of((text,), Letter())


def test_below_a_quote() -> None:
    """The reader leaves out what stands below a quoted line; here it counts."""
    text = f"Note:\nOn Monday Eve wrote:\n> hi\n\nYour shop https://{OTHER}/\n"

    assert {OTHER} == sites_of((), Letter(bodies=(Body("text", text),)))


@pytest.mark.parametrize(
    "markup",
    [
        "Guten Tag.Danke",
        '<a href="mailto:mary@mail.example">mary@mail.example</a>',
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:o="urn:schemas-microsoft-com:office:office">',
        "<style>table.body { color: red }</style>",
        '<a href="#top">x</a><a href="/shop/1.5">x</a>',
        '<script type="application/ld+json">{"@context": "https://schema.org"}</script>',
        '<td style="color:#fff;font:12px/1.5 Arial">3.5 kg, Art.Nr. 2, order.pdf</td>',
        "z.B. 12.kg, 2. usw. 02.03.2026, 1.234,50 EUR, u.a. Nr.7, mary.sample@mail.example, e.V.",
    ],
)
def test_what_names_no_site(markup: str) -> None:
    """Sentences without a blank, addresses, names of vocabularies, rules of style."""
    assert frozenset() == of_html(markup)


def test_a_port_that_is_none() -> None:
    """What no browser opens is nobody's site, and not that of the name in front."""
    assert {"tea.example", f"tea.example.8.{OTHER}"} == of_html(
        f'<a href="https://tea.example:443/">x</a><a href="https://tea.example:8.{OTHER}/">x</a>'
    )
