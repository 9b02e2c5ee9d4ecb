"""Where the customer's words end: a blank line within them is no end, but a shop's sentence may stand below it.

The words go on to the next label, heading, table, closing or footer.  A paragraph of plain words below is the
customer's where the note is a letter ('Hallo, ...') or its last line is not finished; else nobody can tell, and that
is a doubt.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.labels import beside_labels
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.sites import hosts_in
from smtpd_billbee.reader.words import key

UNSURE = "it cannot be told where the customer's note ends"
MOST_LINES = 40
_LONGEST_FOOTER = 600  # letters; a longer paragraph is looked at that far
_PLACE = re.compile(r"(?:[A-Z]{1,2}-)?\d{4,5}\s[^\W\d]")
_FOOTER = re.compile(r"[©®™]|\s[|·]\s")
_OPEN_ENDS = (",", ":", ";", "-", "–", "…", "...", "，", "、")
_ENDS = (".", "!", "?", "。", "！", "？")
_ONCE = ("payment_method", "shipping_method", "total", "shipping_cost", "ordered_at")  # a mail says them once


@dataclass(frozen=True, slots=True)
class More:
    """The lines that belong to the note, too; '' for a blank line.  `taken`: their rows."""

    lines: tuple[str, ...] = ()
    taken: tuple[int, ...] = ()
    doubt: str | None = None


def more_of_note(page: Page, index: int, at: int, lines: Sequence[str]) -> More:
    """The paragraphs from row `at` on that go on with the note of row `index`."""
    more: list[str] = []
    taken: list[int] = []
    doubt = None
    letter = _greets(page, lines[0])
    while at < page.end and len(lines) + len(more) < MOST_LINES and not _is_other(page, at, leads=True):
        end = _end_of_paragraph(page, at)
        if _heads(page, at, end) or (not letter and _signs(page, at, end)):
            break
        above = more[-1] if more else lines[-1]
        sure = letter or above.rstrip().endswith(_OPEN_ENDS) or page.rows[at].text[:1].islower()
        if not sure and any(_PLACE.match(page.rows[row].text) for row in range(at, end)):
            break  # the lines of an address
        doubt = doubt if sure else UNSURE
        more += ["", *(page.rows[row].text for row in range(at, end))]
        taken += range(at, end)
        at = end
    if at < page.end and (len(lines) + len(more) >= MOST_LINES or _says_again(page, index, at)):
        doubt = UNSURE
    return More(tuple(more), tuple(taken), doubt)


def _greets(page: Page, line: str) -> bool:
    """'Hallo,', 'Liebes Team!': a letter begins."""
    words = line.split()[:4]
    starts = [" ".join(words[:size]) for size in range(1, len(words) + 1)]
    return any(page.known.has("greetings", start.rstrip(",!")) for start in starts)


def _end_of_paragraph(page: Page, at: int) -> int:
    """The first row behind this paragraph, or within it the first that is something else."""
    end = at + 1
    while end < page.end and page.rows[end].block == page.rows[at].block and not _is_other(page, end):
        end += 1
    return end


def _heads(page: Page, at: int, end: int) -> bool:
    """A line alone that ends with a colon heads what follows."""
    return end - at == 1 and end < page.end and page.rows[at].text.rstrip().endswith((":", "："))


def _signs(page: Page, at: int, end: int) -> bool:
    """A name alone at the end of the mail is the shop's."""
    text = page.rows[at].text.rstrip()
    words = [word for word in text.split() if word[0].isalpha()]
    if end - at > 1 or (end < page.end and not _is_of_shop(page, page.rows[end].text[:_LONGEST_FOOTER])):
        return False
    if text.endswith((",", *_ENDS)) or len(words) > _LONGEST_NAME:
        return False
    return bool(words) and all(word[0].isupper() for word in words)


_LONGEST_NAME = 5  # words


def _is_other(page: Page, at: int, leads: bool = False) -> bool:
    """Is the row a label, a heading, a row of a table, a closing, a footer?

    'Telefon: ...' is one where it leads a paragraph; within a paragraph of words it is the customer's.
    """
    row = page.rows[at]
    if not page.free(at) or row.level or row.head or row.table or len(row.filled) != 1:
        return True
    text = row.text[:_LONGEST_FOOTER]
    if any(label.firm and (leads or not label.means("email", "phone")) for label in page.labels[at]):
        return True
    if not any(c.isalnum() for c in text) or (has_money(text) and not text.rstrip().endswith(_ENDS)):
        return True
    return _is_of_shop(page, text)


def _is_of_shop(page: Page, text: str) -> bool:
    """'Mit freundlichen Grüßen', 'AGB: ...', 'Vielen Dank für Ihre Bestellung!', 'www.laden.example'."""
    known = page.known
    if known.has("closings", text.strip(" ,.!")) or known.has("legal_headings", re.split("[:：]", text)[0].strip()):
        return True
    if not {"small_business", "order_mail"}.isdisjoint(known.phrases.names_in(text.casefold())):
        return True
    if _FOOTER.search(text) or hosts_in(text) or _names_vat_id(page, text):
        return True
    words = text.split()[:_MOST_WORDS]
    if any(key(" ".join(words[:size])) in beside_labels("price_notes") for size in range(1, _MOST_LEADING + 1)):
        return True
    return any(key(word) in beside_labels("automatic") for word in words)


def _names_vat_id(page: Page, text: str) -> bool:
    """'Laden - Weg 1 - 12345 Ort - USt-IdNr. DE999999999': among other things parted by dashes."""
    parts = text.split(" - ") if " - " in text else ()
    return len(parts) > _FEWEST_PARTS and any(
        "vat_id" in page.known.meaning(" ".join(words[:size]))
        for words in (part.split()[: _MOST_LEADING + 1] for part in parts)
        for size in range(1, len(words))
    )


_FEWEST_PARTS = 2
_MOST_WORDS = 40
_MOST_LEADING = 4  # words: 'Tous les prix sont ...'


def _says_again(page: Page, index: int, at: int) -> bool:
    """'Zahlungsart: Nachnahme wäre mir lieber' below the note, when it was said above to be PayPal."""
    for label in page.labels[at]:
        names = [name for name in _ONCE if label.means(name)]
        for row in range(index) if names and label.value else ():
            above = page.label(row, *names)
            if above and above.value and not _alike(key(above.value), key(label.value)):
                return True
    return False


def _alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
