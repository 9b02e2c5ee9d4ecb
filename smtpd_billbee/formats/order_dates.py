"""Dates as an order file writes them: ISO, '13.01.2024 10:11', '13/01/2024', Excel's count of days."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

_LONGEST = 60
_TIME = (
    r"(?:(?:T|,?\s+)(?:um\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[ap])\.?m\.?)?(?:\s?(?P<zone>Z|[+-]\d\d:?\d\d))?(?:\s+Uhr)?)?"
)
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME, re.IGNORECASE)
_DIGITS = re.compile(r"(?P<a>\d{1,2})(?P<mark>[./-])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d\d)" + _TIME, re.IGNORECASE)
_SERIAL = re.compile(r"[2-7]\d{4}(?:[.,]\d{1,15})?")
_EXCELS_DAY_0 = date(1899, 12, 30)
_SECONDS = 86400


def month_first(texts: Iterable[str], american: bool) -> bool:
    """Whether these dates put the month first: one day above 12 tells; else only Americans do."""
    for text in texts:
        found = _DIGITS.fullmatch(text) if len(text) <= _LONGEST else None
        if (found and found["mark"] == ".") or (found and int(found["a"]) > 12):
            return False
        if found and int(found["b"]) > 12:
            return True
    return american


def moment(text: str, months_lead: bool) -> str | None:
    """'YYYY-MM-DD' or 'YYYY-MM-DDTHH:MM[:SS][zone]', as precise as the cell; None: it is no date."""
    if len(text) > _LONGEST:
        return None
    if _SERIAL.fullmatch(text):
        return _of_serial(Decimal(text.replace(",", ".")))
    found = _ISO.fullmatch(text)
    if found:
        return _moment(found, found["m"], found["d"])
    found = _DIGITS.fullmatch(text)
    if found is None:
        return None
    leads = months_lead and found["mark"] != "."
    return _moment(found, found["a" if leads else "b"], found["b" if leads else "a"])


def _moment(found: re.Match[str], month: str, day: str) -> str | None:
    year = int(found["y"]) + (2000 if len(found["y"]) == 2 else 0)
    try:
        whole = date(year, int(month), int(day)).isoformat()
        return whole if found["hour"] is None else f"{whole}T{_clock(found)}"
    except ValueError:
        return None


def _clock(found: re.Match[str]) -> str:
    hour = int(found["hour"])
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "p" else 0)
    read = time(hour, int(found["minute"]), int(found["second"] or 0))
    zone = (found["zone"] or "").upper()
    return read.isoformat("seconds" if found["second"] else "minutes") + zone


def _of_serial(serial: Decimal) -> str:
    days, part = divmod(serial, 1)
    seconds = min(round(part * _SECONDS), _SECONDS - 1)
    day = _EXCELS_DAY_0 + timedelta(days=int(days))
    if not seconds:
        return day.isoformat()
    return (datetime.combine(day, time()) + timedelta(seconds=seconds)).isoformat()
