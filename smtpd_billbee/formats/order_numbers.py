"""Numbers as an order file writes them.  One file has one form: what '1.234' is, its other numbers tell."""

import re
import string
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

_LONGEST = 40
_HIGHEST = Decimal(10) ** 11  # what the database's NUMERIC(16, 4) takes
_AROUND = string.ascii_letters + "€$£¥₽łč% \t\xa0\u202f"  # '12,50 EUR', '7 %', '£3.00'
_TELLING = re.compile(r"(?<!\d)\d[\d.,'’]*([.,])(?:\d{1,2}|\d{4,})$")
_GROUPED = re.compile(r"\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d+)?")
_MINUS = "-−–"


def decimal_mark(texts: Iterable[str]) -> str:
    """The mark that parts decimals in most of these cells: ',' or '.'; '' where nothing tells."""
    votes = Counter(found[1] for text in texts if len(text) <= _LONGEST and (found := _TELLING.search(_bare(text))))
    return max(votes, key=lambda mark: votes[mark]) if votes else ""


def number(text: str, mark: str) -> Decimal | None:
    """A cell's number in a file that parts decimals by `mark`; None: it is none, or could be two."""
    if len(text) > _LONGEST:
        return None
    core = _bare(text)
    negative = core[:1] in set(_MINUS) or (core[-1:] in set(_MINUS) and core[-2:-1] not in (",", "."))
    core = core.strip(_MINUS + " \xa0").rstrip(",.")  # '12,-' is 12
    if _GROUPED.fullmatch(core):
        core = re.sub(r"[\s'’]", "", core)
    value = _of_digits(core, mark)
    if value is None or value >= _HIGHEST:
        return None
    return -value if negative else value


def _bare(text: str) -> str:
    return text.strip(_AROUND)


def _of_digits(core: str, mark: str) -> Decimal | None:
    if not core or not core.isascii() or not core[0].isdigit() or set(core) - set("0123456789.,"):
        return None
    marks = [letter for letter in core if letter in ".,"]
    if not marks:
        return Decimal(core)
    whole, _, decimals = core.rpartition(marks[-1])
    if len(set(marks)) == 2:
        other = "." if marks[-1] == "," else ","
        return _decimal(whole.split(other), decimals) if marks.count(marks[-1]) == 1 else None
    if len(marks) > 1:
        return _decimal(core.split(marks[0]), "0")
    if len(decimals) != 3 or len(whole) > 3 or whole == "0" or mark == marks[0]:
        return Decimal(f"{whole}.{decimals}")
    return Decimal(whole + decimals) if mark else None


def _decimal(groups: list[str], decimals: str) -> Decimal | None:
    """The number of '1.234.567' and its decimals; each group but the first has three digits."""
    first, *rest = groups
    if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in rest) or not decimals:
        return None
    return Decimal("".join(groups) + "." + decimals)
