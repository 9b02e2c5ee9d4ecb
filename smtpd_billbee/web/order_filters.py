"""The conditions that the order list offers; what they mean is decided in store."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette_admin.filters import FilterGroup, FilterRule
from starlette_admin.filters.base import BaseFilter, FilterApplyContext, FilterDataType, FilterValidationError
from starlette_admin.filters.boolean import IsFalseFilter, IsTrueFilter
from starlette_admin.filters.date import DateBetweenFilter, DateEqualFilter
from starlette_admin.filters.enum import InFilter, NotInFilter
from starlette_admin.filters.string import ContainsFilter
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.order_list import Rule, Rules

CHOICES = "order_choices"  # where a request keeps the shops and ways of payment that can be chosen


class _ByStore(BaseFilter):
    def apply(self, ctx: FilterApplyContext) -> Any:
        raise NotImplementedError("the conditions go to store as they are")


class OneOf(_ByStore, InFilter):
    """Is one of."""


class NoneOf(_ByStore, NotInFilter):
    """Is not one of."""


class OfShop(OneOf):
    """One of the account's shops."""

    def get_choices(self, request: Request) -> Sequence[tuple[Any, str]] | None:
        shops: dict[int, str] = getattr(request.state, CHOICES, ({}, []))[0]
        return [(shop_id, f"{name} ({shop_id})") for shop_id, name in shops.items()]


class ByPayment(OneOf):
    """One of the ways in which the account's orders are paid."""

    def get_choices(self, request: Request) -> Sequence[tuple[Any, str]] | None:
        payments: list[str] = getattr(request.state, CHOICES, ({}, []))[1]
        return [(each, each) for each in payments]


class Contains(_ByStore, ContainsFilter):
    """These letters are in it."""


class IsSo(_ByStore, IsTrueFilter):
    """Yes."""


class IsNotSo(_ByStore, IsFalseFilter):
    """No."""


class OnDay(_ByStore, DateEqualFilter):
    """On that day."""


class BetweenDays(_ByStore, DateBetweenFilter):
    """From the first of two days to the second, both included."""


class SinceDay(OnDay):
    """On that day or later."""

    name = "gte"
    label = _("Is on or after")


class UntilDay(OnDay):
    """On that day or before."""

    name = "lte"
    label = _("Is on or before")


class _Amount(_ByStore):
    data_type = FilterDataType.NUMBER

    def parse_value(self, raw: str) -> Decimal:
        try:
            value = Decimal(str(raw).replace(",", "."))
        except InvalidOperation:
            raise FilterValidationError("that is no amount") from None
        if not value.is_finite() or abs(value) >= Decimal(10) ** 12:
            raise FilterValidationError("that is no amount")
        return value


class AtLeast(_Amount):
    """So much or more."""

    name = "gte"
    label = _("Is at least")


class AtMost(_Amount):
    """So much or less."""

    name = "lte"
    label = _("Is at most")


class Tagged(_ByStore):
    """Has the tag."""

    name = "in"
    label = _("Has")
    data_type = FilterDataType.STRING

    def parse_value(self, raw: Any) -> list[str]:
        return [str(each) for each in raw] if isinstance(raw, list) else [str(raw)]


def rules_of(group: FilterGroup | None) -> Rules:
    """The framework's tree of conditions as ours.  An impossible value is the asker's mistake: 400."""
    if group is None:
        return Rules()
    rules = [rules_of(each) if isinstance(each, FilterGroup) else _rule(each) for each in group.rules]
    return Rules(rules, "or" if group.logic == "or" else "and")


def _rule(rule: FilterRule) -> Rule:
    value = rule.value
    if rule.field in ("state", "shop"):
        try:
            value = [int(each) for each in rule.value]
        except ValueError:
            raise HTTPException(400) from None
        if any(not 0 <= each < 2**31 for each in value):
            raise HTTPException(400)
    return Rule(rule.field, rule.filter, value, rule.value2)
