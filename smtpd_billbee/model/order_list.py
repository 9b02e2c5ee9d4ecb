"""An order as a line of a list, and what a list is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal


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
