"""An order as a line of a list, and what a list is asked for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

LONGEST = 100  # letters of a name or an address that are searched


def search_words(name: str | None, email: str | None, number: str) -> str:
    """What a search for words looks through, one thing on each line, as `folded` writes it.

    The number stands last and whole: a database knows where it ends.
    """
    return folded("\n".join(((name or "")[:LONGEST], (email or "")[:LONGEST], number)))


def folded(words: str) -> str:
    """Letters as a search compares them: 'MÜLLER', 'Müller' and 'muller' are the same."""
    parted = unicodedata.normalize("NFKD", words)
    return "".join(each for each in parted if not unicodedata.combining(each)).casefold()


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What a list shows of an order; `items` are quantities and titles."""

    id: int
    shop_id: int
    shop_name: str
    number: str
    created_at: datetime
    ordered_at: str | None
    customer_name: str | None
    customer_email: str | None
    total: Decimal | None
    currency: str | None
    payment_method: str | None
    state: int
    to_check: bool
    tags: tuple[str, ...]
    problems: tuple[str, ...]
    items: tuple[tuple[Decimal, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition: `field` of an order, `test` (in, not_in, contains, eq, gte, lte, between, is_true, is_false)."""

    field: str
    test: str
    value: Any = None
    value2: Any = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Conditions that must all hold, or any of them; none: everything."""

    rules: Sequence["Rule | Rules"] = ()
    join: Literal["and", "or"] = "and"

    def speak_of(self, field: str) -> bool:
        """Whether any of them is about this field."""
        return any(rule.speak_of(field) if isinstance(rule, Rules) else rule.field == field for rule in self.rules)


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which orders: of an account (None: of all), with these words in them, under these conditions."""

    account_id: int | None
    words: str = ""
    rules: Rules = Rules()
