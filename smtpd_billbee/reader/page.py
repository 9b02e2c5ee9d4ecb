"""The rows of one body with their labels, and the book of who read which row."""

import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import has_money, style_of
from smtpd_billbee.reader.columns import in_reading_order
from smtpd_billbee.reader.labels import Labelled, labels_of
from smtpd_billbee.reader.run_ons import taken_apart
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.sum_words import SumRow
from smtpd_billbee.reader.words import Dictionary, in_language, key

_NAMES = ("full_name", "first_name", "last_name")
_SECTIONS = ("billing_address", "shipping_address", "customer", "items", "note", "total", "subtotal")

_LONGEST_METHOD = 80  # letters


class Page:
    """The rows of one body, with their labels; rows that were claimed supply nothing else."""

    def __init__(self, rows: Sequence[Row], known: Dictionary, part: Part) -> None:
        self.part = part
        self.rows = taken_apart(in_reading_order(rows, known), known)
        self.labels: list[tuple[Labelled, ...]] = [labels_of(row, known) for row in self.rows]
        self.claimed: set[int] = set()
        self.sums: dict[tuple[int, bool], SumRow | None] = {}  # rows read as sums, with and without the row below
        self.text = "\n".join(row.text for row in self.rows)
        self.style = style_of(self.text)
        self.end = len(self.rows)
        self.languages: Counter[str] = Counter()
        self.language = _language(self.labels)
        self.known = in_language(known, self.language)
        for index, labels in enumerate(self.labels):
            if labels and any("tax" in label.meaning for label in labels):  # its own language's, or none
                self.labels[index] = labels_of(self.rows[index], self.known)
        _settle_names(self.labels)
        self._labelled = [index for index, labels in enumerate(self.labels) if labels]

    @functools.cached_property
    def shipping_methods(self) -> frozenset[str]:
        """The keys of what the mail calls its way of shipping."""
        found = set()
        for index in self.labelled():
            label = self.label(index, "shipping_method")
            if label is None:
                continue
            value = label.value or (self.rows[index + 1].text if index + 1 < self.end else "")
            if len(value) <= _LONGEST_METHOD and any(c.isalpha() for c in value) and not has_money(value):
                found |= {key(value), key(value.partition("(")[0])}
        return frozenset(found - {""})

    def claim(self, indexes: Iterable[int]) -> None:
        """These rows are read; nobody else may read them."""
        self.claimed.update(indexes)

    def free(self, index: int) -> bool:
        """Whether a row may still be read."""
        return index not in self.claimed and index < self.end

    def labelled(self) -> Iterator[int]:
        """The rows with a label, down to the end of the order; also such as were claimed."""
        return itertools.takewhile(lambda index: index < self.end, self._labelled)

    def label(self, index: int, *fields: str) -> Labelled | None:
        """The row's first label that can stand for one of these fields."""
        return next((label for label in self.labels[index] if label.means(*fields)), None)

    def heading(self, index: int) -> Labelled | None:
        """The row as a heading: one label and no value."""
        found = self.labels[index]
        return found[0] if len(found) == 1 and not found[0].value and not found[0].lines else None

    def origin(self, index: int, label: str | None, text: str) -> Origin:
        """Where a value stood."""
        return Origin(self.part, text, label, self.rows[index].number)

    def matched(self, label: Labelled, *fields: str) -> None:
        """Count the languages in which the label has this meaning."""
        languages = frozenset[str]().union(*(label.meaning.get(name, frozenset()) for name in fields))
        for language in languages:
            self.languages[language] += 12 // max(1, len(languages))

    def has_value_below(self, index: int) -> bool:
        """Is the next row the value of this heading?  It can be a label elsewhere, but no section's heading."""
        below = index + 1
        if below >= self.end or not self.free(below) or not self.rows[below].filled:
            return False
        labels = self.labels[below]
        if not labels or self._is_method_below(index):
            return True
        if labels[0].value or labels[0].means(*_SECTIONS) or self.rows[below].text.rstrip().endswith((":", "：")):
            return False
        same = self.rows[below].block == self.rows[index].block
        return same or (
            not self.rows[below].head and (self.rows[index].head or self.rows[below].level < self.rows[index].level)
        )

    def _is_method_below(self, index: int) -> bool:
        """'Versandkosten - Pauschal' below 'Versandart', 'Nachnahme' below 'Zahlungsart': named like their costs."""
        label, text = self.labels[index + 1][0], self.rows[index + 1].text
        if has_money(text) or text.rstrip().endswith((":", "：")):
            return False
        after = self.rows[index + 2].text if index + 2 < self.end else ""
        if self.rows[index + 1].head and (has_money(after) or not self.rows[index].head):
            return False  # a heading of its own
        if key(text) in self.known.payments and self.label(index, "payment_method"):
            return True  # 'Invoice' is a number's label elsewhere
        pairs = (("shipping_method", "shipping_cost"), ("payment_method", "payment_fee"))
        return any(self.label(index, name) and label.means(cost) and not label.means(name) for name, cost in pairs)


def _settle_names(labels: list[tuple[Labelled, ...]]) -> None:
    """'Nom' beside 'Prénom' and 'Nome' beside 'Cognome' name a person, no item."""
    for index, row in enumerate(labels):
        if len(row) != 1 or not row[0].means("title") or not row[0].means(*_NAMES):
            continue
        near = labels[max(0, index - 1) : index] + labels[index + 1 : index + 2]
        if any(len(other) == 1 and other[0].means(*_NAMES) and not other[0].means("title") for other in near):
            meaning = {name: languages for name, languages in row[0].meaning.items() if name in _NAMES}
            labels[index] = (replace(row[0], meaning=meaning),)


def _language(rows: Sequence[tuple[Labelled, ...]]) -> str | None:
    """The language that most labels of the page belong to."""
    votes: Counter[str] = Counter()
    for label in (label for labels in rows for label in labels):
        languages = frozenset[str]().union(*label.meaning.values())
        votes.update(dict.fromkeys(languages, 12 // max(1, len(languages))))
    return max(votes, key=votes.__getitem__) if votes else None
