"""Dates as mails write them, in all languages: '14.03.2019 10:22', '25 juin 2025', '2025年8月31日 07:17'.

A date in digits alone can be read in two ways (03/04/2025).  `Habit` holds what tells them apart: the day on which the
mail says it was sent, and whether month-first dates are usual in its language.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from smtpd_billbee.reader import cldr
from smtpd_billbee.reader.word_files import LANGUAGES

_TIME = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-3])(?:[:.hH時点时]|\s[hH]\s?)(?P<minute>[0-5]\d)分?(?:[:.](?P<second>[0-5]\d)(?:[.,]\d{1,6})?)?秒?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?(?:\s*(?P<zone>Z\b|UTC|GMT|[+-](?:0\d|1[0-4]):?[0-5]\d))?",
    re.IGNORECASE,
)
_CJK_HALF = re.compile(
    r"(午前|午後|上午|下午)\s*(?P<hour>\d{1,2})[:時点时](?P<minute>[0-5]\d)分?(?:[:](?P<second>[0-5]\d))?"
)
_ISO = re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)")
_CJK = re.compile(r"(?P<y>(?:19|20)\d\d)\s?[年년]\s?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]?")
_DIGITS = re.compile(
    r"(?<![\d.,/-])(?P<a>\d{1,2})(?P<mark>[./-])\s?(?P<b>\d{1,2})(?P=mark)\s?(?P<y>(?:19|20)\d\d|\d\d)(?![\d])"
)
_WORD = re.compile(r"[^\W\d_]+\.?")
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:\.|st|nd|rd|th|er|º|ª|°|-го)?(?:\s+(?:de|di|of|den))?[\s-]+$", re.IGNORECASE
)
_YEAR_AFTER = re.compile(
    r"^[\s,.-]*(?:de\s+|del\s+)?(?P<y>(?:19|20)\d\d|'?\d\d(?=\s*(?:$|[,;um]|\d{1,2}:)))(?!\d)", re.IGNORECASE
)
_DAY_YEAR_AFTER = re.compile(r"^\s*(?P<d>\d{1,2})(?:st|nd|rd|th)?\s*,?\s+(?P<y>(?:19|20)\d\d)(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Habit:
    """What tells two readings of a date apart: the day the mail was sent, and whether it writes months first.

    `mixed`: its language is written in countries of either habit, and nothing tells which this is.
    """

    sent: date | None = None
    month_first: bool = False
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, with its time: 'YYYY-MM-DD' or 'YYYY-MM-DDTHH:MM[:SS][zone]'; `vague`: it could be another."""

    text: str
    start: int
    end: int
    vague: bool = False


def find_moment(text: str, habit: Habit) -> Moment | None:
    """The first date in the text, with the time that follows (or leads) it."""
    found = next(_days(text, habit), None)
    if found is None:
        return None
    day, start, end, vague = found
    time = _time_near(text, start, end)
    if time is None:
        return Moment(day.isoformat(), start, end, vague)
    clock, time_start, time_end = time
    return Moment(f"{day.isoformat()}T{clock}", min(start, time_start), max(end, time_end), vague)


MOST_DAYS_LATE = 2  # the clocks of shop and mail server, and the zones between them
MOST_DAYS_EARLY = 400  # an order mail is sent when the order comes; a year may pass before it is sent again


def far_from(moment: Moment, habit: Habit) -> str | None:
    """What is odd about a day long before or any time after the mail itself was sent: one of the two is wrong."""
    if habit.sent is None:
        return None
    days = (date.fromisoformat(moment.text[:10]) - habit.sent).days
    if days > MOST_DAYS_LATE:
        return "the order date lies after the day on which the mail was sent"
    if -days > MOST_DAYS_EARLY:
        return "the order date lies long before the day on which the mail was sent"
    return None


Found = tuple[date, int, int, bool]


def _days(text: str, habit: Habit) -> Iterator[Found]:
    candidates = [*_fixed(text, _ISO), *_fixed(text, _CJK), *_in_digits(text, habit), *_with_month_names(text)]
    yield from sorted(candidates, key=lambda found: (found[1], -found[2]))


def _fixed(text: str, pattern: re.Pattern[str]) -> Iterator[Found]:
    for found in pattern.finditer(text):
        if day := _day(found["y"], found["m"], found["d"]):
            yield day, found.start(), found.end(), False


def _in_digits(text: str, habit: Habit) -> Iterator[Found]:
    for found in _DIGITS.finditer(text):
        day_first = _day(found["y"], found["b"], found["a"])
        month_first = _day(found["y"], found["a"], found["b"])
        if found["mark"] == ".":
            month_first = None  # nobody writes months first with points
        choice = _choose(day_first, month_first, habit)
        if choice:
            yield choice[0], found.start(), found.end(), choice[1]


def _choose(day_first: date | None, month_first: date | None, habit: Habit) -> tuple[date, bool] | None:
    if day_first is None or month_first is None or day_first == month_first:
        one = day_first or month_first
        return (one, False) if one else None
    if habit.sent:
        near = [abs((habit.sent - each).days) for each in (day_first, month_first)]
        if min(near) <= 3 < max(near):
            return (day_first if near[0] < near[1] else month_first), False
        late = [(each - habit.sent).days > 1 for each in (day_first, month_first)]
        if late[0] != late[1]:  # nobody orders after the mail was sent
            return (month_first if late[0] else day_first), False
    return (month_first if habit.month_first else day_first), habit.mixed


def _with_month_names(text: str) -> Iterator[Found]:
    names = months()
    for word in _WORD.finditer(text):
        month = names.get(_plain(word[0]))
        if month is None:
            continue
        before = _DAY_FIRST.search(text[max(0, word.start() - 16) : word.start()])
        after = text[word.end() : word.end() + 24]
        year = _YEAR_AFTER.match(after)
        if before and year and (day := _day(year["y"].strip("'"), str(month), before["d"])):
            yield (
                day,
                word.start() - (16 if word.start() >= 16 else word.start()) + before.start(),
                word.end() + year.end(),
                False,
            )
        elif (rest := _DAY_YEAR_AFTER.match(after)) and (day := _day(rest["y"], str(month), rest["d"])):
            yield day, word.start(), word.end() + rest.end(), False


def _day(year: str, month: str, day: str) -> date | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(full, int(month), int(day))
    except ValueError:
        return None


def _time_near(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The time within a few words behind the date; else right before it."""
    half = _CJK_HALF.search(text[: 40 + end], end)
    if half and half.start() - end < 12:
        hour = int(half["hour"]) % 12 + (12 if half[1] in ("午後", "下午") else 0)
        return _clock(hour, half["minute"], half["second"], None), half.start(), half.end()
    if text[end : end + 1] == ":" and (glued := _TIME.match(text[end + 1 : end + 40])):
        clock, first, last = _read_time(glued)  # '18.01.2026:09:16'
        return clock, first + end + 1, last + end + 1
    after = _TIME.search(text[: end + 40], end)
    if after and after.start() - end < 16 and "\n" not in text[end : after.start()]:
        return _read_time(after)
    before = list(_TIME.finditer(text[max(0, start - 24) : start]))
    if before and len(text[max(0, start - 24) : start]) - before[-1].end() < 8:
        clock, time_start, time_end = _read_time(before[-1])
        shift = max(0, start - 24)
        return clock, time_start + shift, time_end + shift
    return None


def _read_time(found: re.Match[str]) -> tuple[str, int, int]:
    hour = int(found["hour"])
    if found["half"] and hour <= 12:
        hour = hour % 12 + (12 if found["half"][0].lower() == "p" else 0)
    return _clock(hour, found["minute"], found["second"], found["zone"]), found.start(), found.end()


def _clock(hour: int, minute: str, second: str | None, zone: str | None) -> str:
    offset = ""
    if zone:
        offset = "Z" if zone[0].lower() in "zug" else zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return f"{hour:02d}:{minute}" + (f":{second}" if second else "") + offset


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().rstrip(".")


@functools.cache
def months() -> dict[str, int]:
    """Every name of a month, long and short, in every language of the reader (CLDR)."""
    names: dict[str, int] = {"sept": 9, "märz": 3, "maerz": 3, "mrz": 3, "mär": 3, "jänner": 1, "feber": 2}
    for language in LANGUAGES:
        for form in cldr.names(language).months:
            for width in ("wide", "abbreviated"):
                for month, name in form[width].items():
                    if not name[0].isdigit():
                        names.setdefault(_plain(name), month)
    return names


def find_day(text: str, habit: Habit) -> str | None:
    """A date alone ('YYYY-MM-DD'), for a birth date."""
    found = next(_days(text, habit), None)
    return found[0].isoformat() if found else None
