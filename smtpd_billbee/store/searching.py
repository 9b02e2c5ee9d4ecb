"""Looking for words in a column that model/searching.py filled."""

from typing import Any

from sqlalchemy import ColumnElement, and_, true

from smtpd_billbee.model.searching import folded

MOST = 8  # words


def has_words(column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    """Each of the words stands there, in any sequence: 'Musterfrau Erika' is Erika Musterfrau."""
    return and_(true(), *(column.contains(each, autoescape=True) for each in folded(words).split()[:MOST]))
