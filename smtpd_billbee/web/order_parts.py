"""What of a very long order stands on one page: some of its items, and the lines of its mail that belong to them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smtpd_billbee.model.order import Item
from smtpd_billbee.model.order_page import WholeOrder
from smtpd_billbee.work.mail_rows import MailRow, MailSheet

ITEMS = 200  # on one page
ROWS = 1_000  # of the mail without a mark


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Items with their place in the order, and the articles that are theirs; pages are counted from 1."""

    number: int
    pages: int
    whole: int
    items: tuple[tuple[int, Item, int | None], ...]

    @property
    def places(self) -> range:
        """Where in the order they stand."""
        return range((self.number - 1) * ITEMS, self.number * ITEMS)


def items_page(whole: WholeOrder, asked: str) -> ItemsPage:
    """The page that an address asks for; the first where it asks for none, the last behind the end."""
    items = whole.kept.order.items
    pages = max(1, -(-len(items) // ITEMS))
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else 1
    number = min(max(number, 1), pages)
    articles = (*whole.articles, *[None] * len(items))
    places = range((number - 1) * ITEMS, min(number * ITEMS, len(items)))
    return ItemsPage(number, pages, len(items), tuple((place, items[place], articles[place]) for place in places))


def rows_beside(sheet: MailSheet, page: ItemsPage) -> tuple[MailSheet, bool]:
    """The mail with the lines that belong to this page, and whether others were left out."""
    if sum(len(part.rows) for part in sheet.parts) <= ROWS:
        return sheet, False
    parts = tuple(replace(part, rows=tuple(_kept(part.rows, page))) for part in sheet.parts)
    return replace(sheet, parts=parts), True


def _kept(rows: tuple[MailRow, ...], page: ItemsPage) -> Iterator[MailRow]:
    unmarked = 0
    for row in rows:
        unmarked += not row.fields
        shown = any(_stands_on(path, page) for path in row.fields)
        if shown or (not row.fields and unmarked <= ROWS):
            yield row


def _stands_on(path: str, page: ItemsPage) -> bool:
    """Fields of the order itself stand on every page."""
    name, _dot, rest = path.partition(".")
    place = rest.partition(".")[0]
    return name != "items" or not place.isdecimal() or int(place) in page.places
