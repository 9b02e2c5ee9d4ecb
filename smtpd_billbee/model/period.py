"""The days of a report, the days before them, and when a shop is silent longer than usual.  Decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

LONGEST = 3700  # days
DAY = timedelta(days=1)
ENOUGH = 5  # orders from which a habit can be told


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """Whole months are compared with as many whole months before, anything else with as many days before."""
        months = _whole_months(self)
        end = self.first - DAY
        return Period(_months_back(self.first, months) if months else end - (self.days - 1) * DAY, end)

    def all(self) -> list[date]:
        """Every day."""
        return [self.first + number * DAY for number in range(self.days)]


def _whole_months(period: Period) -> int:
    behind = period.last + DAY
    if period.first.day != 1 or behind.day != 1:
        return 0
    return (behind.year - period.first.year) * 12 + behind.month - period.first.month


def _months_back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def step_of(day: date, step: str) -> date:
    """The first day of the week or month in which a day lies; weeks begin on Monday (ISO 8601)."""
    if step == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if step == "month" else day


def is_silent(orders: Sequence[datetime], now: datetime) -> bool:
    """Whether a shop brings no orders for longer than usual; `orders`: when the latest came, newest first.

    Usual is the longest pause among them; nobody is worried before twice of it, and not within a day.
    """
    if len(orders) < ENOUGH:
        return False
    longest = max(newer - older for newer, older in pairwise(orders))
    return now - orders[0] > max(2 * longest, DAY)
