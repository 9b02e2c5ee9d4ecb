"""Address additions: flats, floors, stairs, buildings, care of, owners, customers' numbers at lockers."""

import re
from functools import cache

from smtpd_billbee.reader.address_words import every, fold, folded, terms, word_lists

_LONGEST = 100
# A flat's own signs: '2º B', '#4', 'кв. 12', 'lgh 1102', '2. tv'.
FLAT_SIGN = re.compile(r"#|[0-9]{1,3}\.?[º°ª]|кв\b|квартира|оф\b|lgh\b|c/o\b|[0-9]{1,2}\.$", re.IGNORECASE)
_FLOOR = re.compile(
    r"[0-9]{1,2}\.? ?(?:og|ug|etage|stock|obergeschoss|floor|étage|piso|planta|piano|andar|этаж|tv|th|mf)\b", re.I
)
_ORDINAL = re.compile(r"[0-9]{1,3}(?:\.|st|nd|rd|th|e|er|ème|º|°|ª|\.º|\.ª)?", re.IGNORECASE)
_EAST_FLAT = re.compile(
    r".{0,40}(?:[0-9０-９]{1,5}(?:F|Ｆ|階|号室|室|楼|樓)|ビル|マンション|ハイツ|コーポ|アパート|タワー)"
)
_OWNER = ("inh ", "inhaber ", "inhaberin ", "geschäftsführer ", "gf ", "prop ")
_WITH_NAME = terms("additions_with_name")
_SITES = terms("sites")
_YARDS = terms("yards")
_MORE = terms("additions_beside")


@cache
def _words() -> frozenset[str]:
    return folded("addition_words") | terms("additions_more")


@cache
def _care_of() -> tuple[str, ...]:
    return tuple(sorted(f"{fold(word)} " for word in every(word_lists("care_of"))))


def is_flat_word(word: str) -> bool:
    """Is the word one that begins an addition behind a house number?"""
    folded_word = fold(word.strip("(),"))
    return folded_word in _words() or folded_word in _MORE


def is_care_of(text: str) -> bool:
    """'c/o Meier', 'z. Hd. Frau Beispiel', 'Inh. Rosa Blum'."""
    start = fold(text[:40].replace(":", " ")) + " "
    if start.startswith("bei ") and text[-1:].isdigit():  # 'Bei den Mühren 70' is a street
        return False
    return start.startswith(_care_of()) or start.startswith(_OWNER)


def whose_attention(text: str) -> str:
    """The name behind the words of care: 'Lena Probe' of 'z. Hd. Lena Probe' and 'Att.: Lena Probe'; '' for none."""
    if not is_care_of(text):
        return ""
    words = text.split()
    heads = (" ".join(words[:size]) for size in range(min(len(words) - 1, _MOST_CARE), 0, -1))
    head = next((head for head in heads if f"{fold(head.replace(':', ' '))} " in _care_of()), None)
    return text[len(head) :].strip(" :") if head else ""


_MOST_CARE = 5  # words


@cache
def _care_of_within() -> re.Pattern[str]:
    """Words of care that are nothing else: with a sign or of several words, but no legal form ('A/S')."""
    words = {word for word in every(word_lists("care_of")) if any(sign in word for sign in "/. ") or word == "attn"}
    plain = sorted((word for word in words - {"A/S", "a/b"} if word[0] < "\u3000"), key=len, reverse=True)
    return re.compile(rf",? (?=(?:{'|'.join(re.escape(word) for word in plain)})[ :])", re.IGNORECASE)


def apart_from_care_of(text: str) -> list[str]:
    """'Erika Muster c/o Beispiel' in two; a text that has no such word, or begins with one, is one."""
    found = _care_of_within().search(text, 1) if len(text) <= _LONGEST and " " in text else None
    return [text[: found.start()], text[found.end() :]] if found is not None and found.start() > 1 else [text]


def is_flat(text: str) -> bool:
    """Is the whole text a flat, floor, stairs or building?  'Apt 4B', '3. OG links', 'Hinterhaus', '2º B'."""
    if len(text) > _LONGEST:
        return False
    words = fold(text.replace(",", " , ")).split()
    if not words:
        return False
    if _FLOOR.match(text) is not None or (FLAT_SIGN.match(text) is not None and text[0] != "c"):
        return True
    if not text.isascii() and _EAST_FLAT.fullmatch(text) is not None:
        return True
    first, rest = words[0], [word for word in words[1:] if word != ","]
    if _ORDINAL.fullmatch(first) is not None and rest:
        return rest[0] in _words()
    if " ".join(words[:2]) in _words():
        return True
    if first in _WITH_NAME:
        return True
    if first not in _words() and first not in _MORE:
        return False
    return (
        not rest
        or any(sign.isdigit() for sign in rest[0])
        or (len(rest[0]) <= 2 and rest[0].isalnum())
        or is_flat_word(rest[0])
    )


def is_addition(text: str) -> bool:
    """Is the line an address addition by its own words?"""
    return is_care_of(text) or is_flat(text)


def is_site(text: str) -> bool:
    """Is the line a place that needs no street: a hamlet, a trading estate, a campus?"""
    return fold(text).replace(",", " ").partition(" ")[0] in _SITES


def is_yard(street: str) -> bool:
    """Is a street's name nothing but a part of a firm's ground: 'Hof', 'Rampe'?"""
    return fold(street) in _YARDS
