"""Which days a report is of: by a name ('this_month') or by its first and last day, and how they are cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.period import DAY, LONGEST, Period

NAMED = {
    "today": _("Today"),
    "7_days": _("7 days"),
    "30_days": _("30 days"),
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
}
STEPS = {"day": _("by day"), "week": _("by week"), "month": _("by month")}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; `name` is empty for days of one's own, `step` is how they are cut."""

    name: str
    period: Period
    step: str

    @property
    def query(self) -> dict[str, str]:
        """The same in a link."""
        first, last = self.period.first.isoformat(), self.period.last.isoformat()
        days = {"period": self.name} if self.name else {"first": first, "last": last}
        return {**days, "step": self.step}


def asked(words: Mapping[str, str], today: date) -> Asked:
    """What the address asks for; without a word, the last 30 days.  Days that make no sense are put right."""
    own = _own(words)
    name = "" if own else words.get("period", "30_days")
    if not own and name not in NAMED:
        name = "30_days"
    period = own or _named(name, today)
    step = words.get("step", "")
    return Asked(name, period, step if step in STEPS else _step_for(period))


def _own(words: Mapping[str, str]) -> Period | None:
    try:
        first, last = sorted(date.fromisoformat(words[name]) for name in ("first", "last"))
    except (KeyError, ValueError):
        return None
    if not 1970 <= first.year <= last.year <= 2200:
        return None
    return Period(max(first, last - (LONGEST - 1) * DAY), last)


def _named(name: str, today: date) -> Period:
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    match name:
        case "today":
            return Period(today, today)
        case "7_days":
            return Period(today - 6 * DAY, today)
        case "this_month":
            return Period(month, today)
        case "last_month":
            return Period((month - DAY).replace(day=1), month - DAY)
        case "this_year":
            return Period(year, today)
        case "last_year":
            return Period((year - DAY).replace(month=1, day=1), year - DAY)
    return Period(today - timedelta(days=29), today)


def _step_for(period: Period) -> str:
    return "day" if period.days <= 62 else "week" if period.days <= 200 else "month"
