"""A street line becomes street, house number and what follows them (flat, floor, stairs).

The number follows the name in most countries and stands before it where English or French is spoken (UPU S42).
A number within the name ('Straße des 17. Juni 135', 'Plein 1944 6', 'Rue du 8 Mai 1945') stays there.
"""

import re
from dataclasses import dataclass

from smtpd_billbee.reader.additions import FLAT_SIGN, is_flat, is_flat_word
from smtpd_billbee.reader.address_words import fold, has_digit, terms
from smtpd_billbee.reader.street_words import (
    box_words,
    first_box_words,
    has_street_word,
    months,
    street_endings,
    street_words,
)

_LONGEST = 160
_CUSTOMER_DIGITS = 6
NUMBER_FIRST = terms("number_first", "postal")
_PARTICLES = terms("particles")
_COMPASS = frozenset("NSEW")  # '100 N Main St': not a part of the number in North America

# 12, 12a, 12-14, 12/3/4, 45/B, 221B, 7ter, 123-II; the house numbers of Wisconsin and Queens.
_NUMBER = re.compile(
    r"[0-9]{1,5}(?:bis|ter|quater|hs|rd|[IVX]{1,4}|[A-Za-zА-Яа-я])?(?:[-–/+&.][0-9]{0,5}[A-Za-zА-Яа-я]{0,3}){0,4}"
    r"|[NSEW][0-9]{1,4}[NSEW][0-9]{1,5}"
)
_GOES_ON = re.compile(
    r"[A-Za-zА-Я]|[a-z][-–/+][a-z]|bis|ter|quater|hs|[IVX]{1,4}|1/2|1/4|3/4|[½¼¾]|[-–/][0-9]{1,5}[A-Za-z]?|[A-Z][0-9]{1,3}"
)
_AFTER_FIRST = re.compile(r"[A-Za-z]|bis|ter|quater|1/2|1/4|3/4|[½¼¾]", re.IGNORECASE)
_JOINS = frozenset(("-", "–", "/", "+", "&", "und", "u.", "and", "et"))
_WITHIN = re.compile(r"bus|bte\.?|boîte|box|m\.?|lok\.?|корп\.?|к\.|стр\.?|строение|корпус|лит\.?", re.IGNORECASE)
_MARK = re.compile(
    r"(?:nr|no|n|nº|n°|n\.º|n\.°|№|num|núm|numero|número|numer|hausnr|hausnummer|haus-nr|д|дом|#)[.:]?", re.IGNORECASE
)
_GLUED_MARK = re.compile(r"(?:nr[.:]|no[.:]|n[º°.]{1,2}|№|#|д\.)(?=[0-9])", re.IGNORECASE)
_ORDINAL = re.compile(r"[0-9]{1,3}(?:\.|-?(?:st|nd|rd|th|я|й|ая|ый|ой|го|е|er|e|ère|ème|de|ª|º)\.?)")
_NONE = re.compile(r"s/n\.?|s/nº|s\.n\.|snc|s\.n\.c\.|б/н", re.IGNORECASE)
_HUNGARIAN_FLOOR = frozenset(("em.", "em", "emelet"))
_ORDINAL_FLOOR = re.compile(r"(?:[IVX]{1,4}|[0-9]{1,2})\.")
_FRACTIONS = frozenset(("1/2", "1/4", "3/4", "½", "¼", "¾"))
_KILOMETRE = re.compile(r"(.{3,100}?),? (km\.? ?[0-9]{1,4}(?:[.,][0-9]{1,3})?)", re.IGNORECASE)
_SQUARE = re.compile(r"[A-Z] ?[0-9]{1,2}")
_GLUED = re.compile(r"([^0-9]{3,})([0-9]{1,4}(?: ?[a-z])?)")


@dataclass(frozen=True, slots=True)
class StreetReading:
    """A street line; `strength` says how much speaks for it: 2 for a number, 2 for a street's word, 4 for a box."""

    street: str
    number: str | None = None
    addition: str | None = None
    strength: int = 0


def read_box(text: str) -> StreetReading | None:
    """'Packstation 145', 'PO Box 12', 'Postfach 10 20 30': the box as street, its number as house number."""
    words = text.split()
    if not words or fold(words[0]) not in first_box_words():
        return None
    for count in range(min(3, len(words)), 0, -1):
        if fold(" ".join(words[:count])) in box_words():
            rest = words[count:]
            if rest and _MARK.fullmatch(rest[0]) is not None:
                rest = rest[1:]
            box, more = _box_and_customer(rest)
            if more:
                return StreetReading(" ".join(words[:count]).rstrip(":"), box, more, strength=4)
            if len(rest) == 1 and has_digit(rest[0]):  # 'Paczkomat WAW123'
                return StreetReading(" ".join(words[:count]).rstrip(":"), rest[0], strength=4)
            if rest and not any(has_digit(word) for word in rest):
                return None  # 'DHL Paketshop Kiosk Meyer' is the name of a shop, its street stands below
            if any(not word[0].isdigit() for word in rest):
                return StreetReading(text, strength=4) if count > 1 or len(words) > count else None
            return StreetReading(" ".join(words[:count]).rstrip(":"), " ".join(rest) or None, strength=4 if rest else 3)
    return None


def _box_and_customer(rest: list[str]) -> tuple[str, str | None]:
    """'101, 12345678': a locker's number and, far longer, the customer's; a post office box has '10 20 30'."""
    rest = [word for word in rest if word != "/"]
    if len(rest) != 2 or not all(word.strip(",/").isdigit() for word in rest) or len(rest[1]) < _CUSTOMER_DIGITS:
        return " ".join(rest), None
    return rest[0].strip(",/"), rest[1]


def _is_number(word: str) -> bool:
    return _NUMBER.fullmatch(word) is not None


def _number_end(words: list[str], start: int) -> int:
    """Where the house number that starts at `start` ends (exclusive)."""
    end = start + 1
    while end < len(words):
        word = words[end]
        before = words[end - 1]
        after = words[end + 1] if end + 1 < len(words) else ""
        if (_WITHIN.fullmatch(word) is not None and after[:1].isdigit()) or (
            word in _JOINS and (_is_number(after) or (len(after) == 1 and after.isalpha()))
        ):
            end += 2
        elif _GOES_ON.fullmatch(word) is not None or (len(before) == 1 and before.isalpha() and _is_number(word)):
            end += 1
        else:
            break
    return end


def _names_a_day(words: list[str], at: int) -> bool:
    """Is the number at `at` a day or year of the name: '3 Maja', '2 de Mayo', 'Mai 1945'?"""
    follows = words[at + 1 : at + 3]
    if follows and (follows[0].casefold() in months() or (follows[0] == "de" and follows[-1].casefold() in months())):
        return True
    return at > 0 and len(words[at]) == 4 and words[at].isdigit() and words[at - 1].casefold() in months()


def _number_after(words: list[str]) -> tuple[int, int] | None:
    """The span of the house number behind the name: what follows it, if anything, is a flat."""
    for at in range(1, len(words)):
        if not _is_number(words[at]) or words[at] in _FRACTIONS or _names_a_day(words, at):
            continue
        end = _number_end(words, at)
        if end == len(words) or _starts_flat(words, end):
            return at, end
    return None


def _starts_flat(words: list[str], at: int) -> bool:
    """Does a flat, floor or remark begin at `at`?  A mark before a number begins the house number instead."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else ""
    if _MARK.fullmatch(word) is not None and _is_number(after):
        return False
    if after in _HUNGARIAN_FLOOR and _ORDINAL_FLOOR.fullmatch(word) is not None:
        return True
    return word[0] in "(-–#" or word in ("/", "//") or FLAT_SIGN.match(word) is not None or is_flat_word(word)


def _number_before(words: list[str], country: str | None) -> int | None:
    """The end of the house number that stands before the name."""
    if len(words) < 2 or not _is_number(words[0].rstrip(",")) or _ORDINAL.fullmatch(words[0]) is not None:
        return None
    end = 1
    if words[1][0] in "-–" and len(words[1]) == 1 and not (len(words) > 3 and _is_number(words[2])):
        return None
    while end < len(words) - 1:
        word, after = words[end], words[end + 1]
        if words[end - 1].endswith(",") or (country in ("US", "CA") and word in _COMPASS):
            break
        if _AFTER_FIRST.fullmatch(word.rstrip(",")) is not None and not (len(word) == 1 and len(words) - end < 2):
            end += 1
        elif word in ("-", "–", "/", "&") and _is_number(after) and end + 2 < len(words):
            end += 2
        else:
            break
    return end


def _split_numbered(words: list[str], country: str | None) -> StreetReading | None:
    """The name and number of one comma part; None without a number."""
    before = _number_before(words, country)
    if before is None or country not in NUMBER_FIRST:
        words = _without_glued_marks(words)
    after = _number_after(words)
    day = before is not None and _names_a_day(words, 0)
    if before is not None and not day and (country in NUMBER_FIRST or after is None or _speaks_first(words, before)):
        return _first(words, before)
    if after is not None:
        return _last(words, *after)
    return _first(words, before) if before is not None and country in NUMBER_FIRST else None


def _speaks_first(words: list[str], end: int) -> bool:
    """Is the word right behind a leading number one that starts a street's name, as French does ('12 rue …')?"""
    return fold(words[end]) in street_words() if end < len(words) else False


def _first(words: list[str], end: int) -> StreetReading:
    number = " ".join(words[:end]).rstrip(",")
    rest, addition = words[end:], None
    for at in range(1, len(rest)):
        after = rest[at + 1] if at + 1 < len(rest) else ""
        if rest[at][0] == "#" or (is_flat_word(rest[at]) and (after[:1].isdigit() or len(after) == 1)):
            rest, addition = rest[:at], " ".join(rest[at:])
            break
    return StreetReading(" ".join(rest).rstrip(" -–,"), number, addition, 2)


def _last(words: list[str], start: int, end: int) -> StreetReading:
    name = words[:start]
    while len(name) > 1 and _MARK.fullmatch(name[-1].strip(",")) is not None:
        name = name[:-1]
    addition = " ".join(words[end:]).lstrip("-–/ ")
    if addition.startswith("(") and addition.endswith(")"):
        addition = addition[1:-1]
    return StreetReading(" ".join(name).rstrip(" ,"), " ".join(words[start:end]), addition or None, 2)


def _without_glued_marks(words: list[str]) -> list[str]:
    """'Nr.5' as '5', and 'Lindenweg7' as two words."""
    last = words[-1]
    words = [words[0], *(_GLUED_MARK.sub("", word, count=1) for word in words[1:])]
    glued = _GLUED.fullmatch(last)
    if glued is not None and (glued[1].casefold().endswith(street_endings()) or glued[1].casefold().endswith("str.")):
        return [*words[:-1], glued[1], glued[2]]
    return words


def _lone_number(part: str) -> str | None:
    """The number of a comma part that is nothing else: '5', 'nº 5', 'д. 5', 's/n'."""
    if _NONE.fullmatch(part) is not None:
        return part
    words = part.split()
    if len(words) > 1 and _MARK.fullmatch(words[0]) is not None:
        words = words[1:]
    elif _GLUED_MARK.match(words[0]) is not None:
        words = [_GLUED_MARK.sub("", words[0], count=1), *words[1:]]
    if not _is_number(words[0]) or _number_end(words, 0) != len(words):
        return None
    return " ".join(words)


def _kilometre(text: str) -> StreetReading | None:
    """'Strada Statale 16, km 5': the kilometre is the number."""
    match = _KILOMETRE.fullmatch(text) if "km" in text or "Km" in text or "KM" in text else None
    return StreetReading(match[1].rstrip(" ,"), match[2], None, 4) if match is not None else None


def read_street(text: str, country: str | None = None) -> StreetReading:
    """A street line in its parts; a text without any number is all street."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return StreetReading(text)
    special = read_box(text) or _kilometre(text)
    if special is not None:
        return special
    parts = [part for part in (part.strip() for part in text.split(",")) if part]
    reading = _of_parts(parts, country) if len(parts) > 1 else _of_part(text, country)
    word = 2 if has_street_word(reading.street) else 0
    return StreetReading(reading.street, reading.number, reading.addition, reading.strength + word)


def _of_part(text: str, country: str | None) -> StreetReading:
    words = text.split()
    if len(words) > 1 and _NONE.fullmatch(words[-1]) is not None:
        return StreetReading(" ".join(words[:-1]), words[-1], None, 2)
    return _split_numbered(words, country) or StreetReading(text)


def _has_none(parts: list[str]) -> bool:
    """'Località Prato, snc': what has no number is a street, whatever it is called."""
    return len(parts) > 1 and _NONE.fullmatch(parts[1]) is not None


def _of_parts(parts: list[str], country: str | None) -> StreetReading:
    """Comma parts: one has the street, perhaps the next its number; the others are additions."""
    parts = [piece for part in parts for piece in _number_and_quarter(part)]
    for at, part in enumerate(parts):
        if is_flat(part) and not is_lone_number(part) and not (at == 0 and _has_none(parts)):
            continue
        after = _lone_number(parts[at + 1]) if at + 1 < len(parts) else None
        numbered = _split_numbered(part.split(), country)
        if after is None and numbered is None and at + 1 < len(parts) and (told := _number_with_flat(parts[at + 1])):
            return StreetReading(part, told[0], ", ".join([*parts[:at], told[1], *parts[at + 2 :]]), 2)
        if _lone_number(part) is not None and at == 0 and after is None:
            return _behind_number(parts, part, country)
        if after is not None and (numbered is None or _number_in_name(part)):
            return _with_number_after(parts, at, after)
        if numbered is not None:
            extra = [*parts[:at], *([numbered.addition] if numbered.addition else []), *parts[at + 1 :]]
            return StreetReading(numbered.street, numbered.number, ", ".join(extra) or None, 2)
    streets = [part for part in parts if not is_flat(part)]
    if len(streets) == 1:  # 'Lindenweg, 3. OG', 'Industriepark Nord, Geb. C770'
        return StreetReading(streets[0], None, ", ".join(part for part in parts if part is not streets[0]))
    return StreetReading(", ".join(parts))


def _number_with_flat(part: str) -> tuple[str, str] | None:
    """'12/B int. 4' behind 'Via Roma,': the house number, and the flat."""
    words = part.split()
    if len(words) > 2 and _MARK.fullmatch(words[0]) is not None:
        words = words[1:]
    if not _is_number(words[0]) or _ORDINAL.fullmatch(words[0]) is not None:
        return None
    end = _number_end(words, 0)
    if end == len(words) or not _starts_flat(words, end):
        return None
    return " ".join(words[:end]), " ".join(words[end:]).lstrip("-–/ ")


def is_lone_number(text: str) -> bool:
    """Is the whole text a house number: '5', 'nº 5', 'д. 5', 's/n'?"""
    return len(text) <= 20 and bool(text.split()) and _lone_number(text) is not None


def number_alone(text: str) -> str | None:
    """The house number of a line that has nothing else: '7' of 'Nr. 7'."""
    return _lone_number(text) if is_lone_number(text) else None


def _behind_number(parts: list[str], number: str, country: str | None) -> StreetReading:
    """'12, rue de la Paix, 3e étage'; but in '3/2, 14 Sample Street' the first number is the flat's."""
    if len(parts) < 2:
        return StreetReading(number)
    own = _split_numbered(parts[1].split(), country)
    if own is not None and parts[1][:1].isdigit():
        return StreetReading(own.street, own.number, ", ".join([number, *parts[2:]]), 2)
    return StreetReading(parts[1], number, ", ".join(parts[2:]) or None, 2)


def _number_in_name(part: str) -> bool:
    """'B 5' of Mannheim, 'Via dei 1000': the house number is still to come."""
    words = part.split()
    return _SQUARE.fullmatch(part) is not None or (len(words) > 2 and words[-2].casefold() in _PARTICLES)


def _number_and_quarter(part: str) -> list[str]:
    """'1578 - Bela Vista' as two parts."""
    number, dash, quarter = part.partition(" - ")
    apart = not quarter[:1].isdigit() or FLAT_SIGN.match(quarter) is not None
    return [number, quarter] if dash and is_lone_number(number) and apart else [part]


def _with_number_after(parts: list[str], at: int, number: str) -> StreetReading:
    """'ул. Ленина, д. 5, корп. 2, кв. 12': the parts behind the number that belong to it stay with it."""
    rest = parts[at + 2 :]
    while rest and _WITHIN.fullmatch(rest[0].split()[0]) is not None:
        number = f"{number} {rest[0]}"
        rest = rest[1:]
    return StreetReading(parts[at], number, ", ".join([*parts[:at], *rest]) or None, 2)


def split_street(text: str, country: str | None = None) -> tuple[str | None, str | None]:
    """Street and house number of a field; a flat behind the number ('5, 2. OG') stays with the number."""
    reading = read_street(text, country)
    number = ", ".join(part for part in (reading.number, reading.addition) if part)
    return reading.street or None, number or None
