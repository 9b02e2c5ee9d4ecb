"""The values of labels that name a single fact of the order."""

from collections.abc import Iterator

from smtpd_billbee.reader.labels import Labelled
from smtpd_billbee.reader.page import Page


def labelled(page: Page, *fields: str) -> Iterator[tuple[int, Labelled, str]]:
    """Labels of these fields with their value; a heading takes the line below."""
    for index in page.labelled():
        if not page.free(index):
            continue
        for label in page.labels[index]:
            if not label.means(*fields):
                continue
            if label.value:
                yield index, label, label.value
            elif label.lines:
                yield index, label, label.lines[0]
            elif page.has_value_below(index):
                yield index, label, page.rows[index + 1].filled[0].lines[0]
