"""Addresses that no known label leads: told by their form, and by the stems of the heading above."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from smtpd_billbee.model.order import Address
from smtpd_billbee.reader.address import read_block
from smtpd_billbee.reader.address_words import fold, folded
from smtpd_billbee.reader.companies import company_points
from smtpd_billbee.reader.labels import address_section
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.people_blocks import (
    BILLING,
    MOST_LINES,
    SHIPPING,
)  # fmt: skip
from smtpd_billbee.reader.people_headings import COMPANY, PERSON, is_announced, is_heading, is_sellers
from smtpd_billbee.reader.people_read import People, Read, differs, is_postal
from smtpd_billbee.reader.people_stray import closing_below
from smtpd_billbee.reader.words import key

_WHAT_FOR = "another address stands in the mail, and nothing says what it is for"
_MOST_BEFORE_GREETING = 30  # rows
_LONGEST_LINE = 80  # letters of a line of an address
_METHODS = ({"shipping_method"}, {"payment_method"})


def loose_addresses(page: Page, people: People, have: Sequence[Read], last: int) -> list[Read]:
    """Addresses that no known label leads: told by their form, and by the stems of the heading above.

    `last` is the last row of the order proper.
    """
    unread: list[int] = []
    runs = (part for run in _runs(page, last) for part in _without_echo(page, run))
    found = _once([reading for run in runs if (reading := _read_run(page, run, have, people, unread))])
    if any(each.section == BILLING for each in have):
        # Below the order stands the shop's own address, unless a heading says that something goes there.
        if any(each.row > last and is_announced(page, each.row) for each in found if not each.section):
            people.doubts.append(_WHAT_FOR)
        found = [each for each in found if each.row < last or each.section == SHIPPING]
    for section in (BILLING, SHIPPING):
        if len({key(str(each.address)) for each in found if each.section == section}) > 1:
            people.doubts.append("several addresses stand in the mail, and nothing says which is for what")
    nameless = [each for each in found if not each.section and not is_sellers(page, each.row)]
    if nameless and any(each.section == BILLING for each in have):
        greeting = _greeting(page)
        nameless = [each for each in nameless if each.row > greeting]  # above it stands the shop's own
    billed = any(each.section == BILLING for each in [*have, *found])
    if nameless and not billed and any(row < last for row in unread):
        people.doubts.append(_WHAT_FOR)
    if nameless and (billed or len(nameless) > 1):
        if not billed or any(each.row < last or is_announced(page, each.row) for each in nameless):
            people.doubts.append(_WHAT_FOR)
        nameless = nameless[:1] if not billed else []
    return [*(each for each in found if each.section), *(replace(each, section=BILLING) for each in nameless)]


def _once(found: Sequence[Read]) -> list[Read]:
    """An address that stands twice, each time without a word of what it is for, is for both."""
    seen: dict[tuple[str, Address], Read] = {}
    for each in found:
        seen.setdefault((each.section, each.address), each)
    return list(seen.values())


def _without_echo(page: Page, run: list[int]) -> list[list[int]]:
    """A run that says the same lines twice (the delivery and the bill, without headings) as two."""
    half, odd = divmod(len(run), 2)
    if (
        odd
        or half < _FEWEST_LINES
        or any(page.rows[a].text != page.rows[b].text for a, b in zip(run, run[half:], strict=False))
    ):
        return [run]
    return [run[:half], run[half:]]


_FEWEST_LINES = 3  # of an address


def _greeting(page: Page) -> int:
    """The row that greets: 'Sehr geehrte Frau Muster,'; -1 where none does."""
    greetings = tuple(f"{words} " for words in folded("greetings"))
    for index in range(min(page.end, _MOST_BEFORE_GREETING)):
        if page.free(index) and fold(page.rows[index].text[:60].replace(",", " ")).startswith(greetings):
            return index
    return -1


def _read_run(page: Page, run: list[int], have: Sequence[Read], people: People, unread: list[int]) -> Read | None:
    """The address of a run of lines, with or without a heading in its first line.

    A run that looks like an address, and could not be read as one, is noted in `unread`.
    """
    placed = False
    if len(run) - 6 > MOST_LINES or len(page.rows[run[-1]].text) > _LONGEST_LINE:
        return None
    for start in range(max(1, min(len(run) - 2, 6))):
        rows = run[start:]
        if is_heading(page, rows[0]):
            continue
        lines = [(line, index) for index in rows for cell in page.rows[index].filled for line in cell.lines]
        if not 2 < len(lines) <= MOST_LINES or any(len(line) > _LONGEST_LINE for line, _ in lines):
            continue
        reading = read_block([line for line, _ in lines], page.language)
        address = reading.address
        whole = address.street and address.city and (address.last_name or address.company)
        placed = placed or bool(address.postcode and address.street)
        if reading.doubts or not whole or len(reading.unused) > 1:
            if (
                start == 0
                and _section_of(page, rows[0] - 1)
                and (address.postcode or (address.street and address.city))
            ):
                people.doubts.append("an address under a heading could not be read in full")
            continue
        if any(is_postal(each.address) and not differs(each.address, address) for each in have):
            return None
        if (head := _mere_heading(page, rows, address)) is not None:
            if head:
                continue
            people.doubts.append("the first line of an address may be its heading")
        section = _section_of(page, rows[0] - 1)
        origins = {name: page.origin(lines[at][1], None, lines[at][0]) for name, at in reading.sources.items()}
        page.claim(run)
        return Read(section, address, origins, rows[0])
    unread += run[:1] if placed else []
    return None


def _mere_heading(page: Page, rows: Sequence[int], address: Address) -> bool | None:
    """Is the company above a person's name a heading of unknown words?  None: no; True: an emphasised line shows it.

    Nobody announced the address, and the first line has no sign of a company.
    """
    first, text = page.rows[rows[0]], page.rows[rows[0]].text
    if address.company != text or not address.last_name or company_points(text) >= COMPANY:
        return None
    decorated = text[:1] in "[【=" or text.endswith((":", "："))
    return (first.head and not page.rows[rows[1]].head) or decorated


def _section_of(page: Page, index: int) -> str:
    """Whose address the row announces; '' where it is no heading, or says neither."""
    if index < 0 or not page.free(index):
        return ""
    labels = page.labels[index]
    if any(label.value or label.meaning.keys() in _METHODS for label in labels):
        return ""  # 'Versandart: DHL' announces no address, nor does 'Versandart' alone
    return address_section(page.rows[index].text)


def _runs(page: Page, last: int) -> Iterator[list[int]]:
    """Runs of free lines without other labels; a paragraph that is one line joins its neighbours.

    Below the order and 'With kind regards' stands the shop itself.
    """
    current: list[int] = []
    alone = True  # is each line of the run a paragraph of its own?
    for index in range(closing_below(page, last)):
        row = page.rows[index]
        other = page.labels[index] and not page.label(index, *PERSON)
        if not page.free(index) or row.table or other or row.level:
            yield from [current] if current else []
            current = []
            continue
        if current and page.rows[current[-1]].block != row.block and not (alone and _single(page, index)):
            yield current
            current = []
        alone = not current or (alone and page.rows[current[-1]].block != row.block)
        current.append(index)
    if current:
        yield current


def _single(page: Page, index: int) -> bool:
    """Is the line a paragraph of its own?"""
    return index + 1 >= page.end or page.rows[index + 1].block != page.rows[index].block
