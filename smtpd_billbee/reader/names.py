"""A person's name becomes salutation, first, middle and last name.

Titles ('Dr.') go with the salutation: 'Frau Dr.' + first + last is what stands on a label.  All given names are the
first name ('Anna Maria'); the middle name is a patronymic ('Ивановна') or an initial ('John Q. Public') only.
"""

import re
from dataclasses import dataclass
from functools import cache

from smtpd_billbee.reader.address_words import every, fold, folded, label_lists, table, terms, word_lists

_LONGEST = 120
_PARTICLES = terms("particles")
_LEADING_PARTICLES = _PARTICLES - terms("names_and_particles")
_JOINERS = frozenset(("und", "&", "+", "and", "et", "y", "e", "en", "i", "и", "u."))
_NOBLE = terms("noble")
_SPANISH_SECOND = terms("second_first_names")
_TWO_SURNAMES = frozenset(("es", "pt"))
_PATRONYMIC = re.compile(r".{2,}(?:ович|евич|ьич|овна|евна|ична|инична)")
_RUSSIAN_SURNAME = re.compile(r".{2,}(?:ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ский|цкий|ская|цкая|енко|ук|юк|ко|ых|их)")
_INITIALS = re.compile(r"(?:[А-ЯЁ]\.){1,2}")
DEPARTMENTS = ("部", "課", "係", "室", "科")
_INITIAL = re.compile(r"[A-ZÀ-ÖØ-ÞА-Я]\.?")
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff々〆ヶ·・＝]+")
_KATAKANA = re.compile(r"[\u30a0-\u30ff・＝]+")
COURTESIES = (
    "様",
    "さま",
    "さん",
    "殿",
    "（收）",
    "(收)",
    "收",
)  # the shop's courtesy to everybody, no salutation of the person's
HONORIFICS = (*COURTESIES, "先生", "女士", "小姐")
_BORN = frozenset(("geb", "geborene", "née", "nata", "born"))
_ADDRESSING = terms("addressing")
_SUFFIX = terms("suffixes")
_TITLE_TAILS = terms("title_tails")


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a person's name; `sure` is false where first and last name could not be told apart."""

    salutation: str | None = None
    first: str | None = None
    middle: str | None = None
    last: str | None = None
    sure: bool = True


@cache
def _salutations() -> frozenset[str]:
    return folded("salutations") - terms("no_salutations")


@cache
def _first_words() -> frozenset[str]:
    """What a salutation may begin with: a line that does not needs no closer look."""
    return frozenset(word for words in _salutations() for word in (words, words.partition(" ")[0]))


@cache
def _titles() -> frozenset[str]:
    words = {word for title in every(word_lists("titles")) for word in fold(title).split() if len(word) > 1}
    words |= set(table("business")["professions"])
    return frozenset(words - _SUFFIX - _NOBLE - terms("no_titles")) | {"mag", "bakk"}


@cache
def _whole_titles() -> frozenset[str]:
    """Titles of one word with dots: 'Ing.', 'Mag.a', 'к.т.н.'; but 'C.P.' may be initials."""
    titles = {fold(title) for title in every(word_lists("titles")) if " " not in title}
    suffixes = {title for title in titles if title.replace(" ", "") in _SUFFIX - {"mag", "bakk"}}
    return frozenset(title for title in titles - suffixes if len(title) > 3 or " " not in title)


def _is_title(word: str) -> bool:
    if "." not in word:
        return word.casefold() in _titles()
    whole = fold(word)
    if whole in _whole_titles():
        return True
    parts = whole.split()
    return bool(parts) and all(part in _titles() or (len(parts) > 1 and part in ("ssa", "ing")) for part in parts)


@cache
def first_names() -> frozenset[str]:
    """Common first names, folded."""
    names = table("first_names")
    return frozenset(fold(name) for script in ("latin", "cyrillic") for name in names[script].split())


@cache
def _japanese() -> frozenset[str]:
    return frozenset(table("first_names")["east"]["ja"].split())


@cache
def _chinese() -> tuple[frozenset[str], frozenset[str]]:
    east = table("first_names")["east"]
    return frozenset(east["zh"].split()), frozenset(east["zh_double"].split())


def is_salutation(text: str) -> bool:
    """Is the whole text a salutation: 'Herr', 'Mr & Mrs', 'г-жа'?"""
    if len(text) > 30:
        return False
    words = fold(text)
    return words in _salutations() or (
        words.partition(" ")[0] in _ADDRESSING and words.partition(" ")[2] in _salutations()
    )


def is_first_name(word: str) -> bool:
    """Is the word, or each part of 'Karl-Heinz', a common first name?"""
    key = word.casefold().rstrip(".,")
    return key in first_names() or ("-" in key and all(part in first_names() for part in key.split("-") if part))


def _is_title_tail(word: str) -> bool:
    """What follows a title and belongs to it: 'h.c.', 'mult.', '(FH)'."""
    bare = word.casefold().replace(".", "")
    return bare in _TITLE_TAILS and not word.isalpha()


def joined_salutations(one: str, other: str) -> str:
    """'Frau' above 'Dr. Erika Muster' is 'Frau Dr.'; of two salutations the first stays."""
    if other.startswith(f"{one} "):
        return other
    if one != other and all(_is_title(word) or _is_title_tail(word) for word in other.split()):
        return f"{one} {other}"
    titles = all(_is_title(word) or _is_title_tail(word) for word in one.split())
    return f"{other} {one}" if titles and not other.endswith(one) else one


def split_salutation(words: list[str]) -> tuple[str | None, list[str]]:
    """The salutation and titles before a name, and the name's words."""
    count = 0
    for length in (3, 2, 1) if fold(words[0]) in _first_words() else ():
        if len(words) > length and fold(" ".join(words[:length])) in _salutations():
            count = length
            break
    if count == 1 and words[0].casefold() in ("m", "fr", "sr"):  # an initial or 'Fr' without its dot is no salutation
        count = 0
    if count == 0 and len(words) > 2 and words[0] in ("D.", "D.ª", "Dª", "D.a") and is_first_name(words[1]):
        count = 1
    while len(words) > count + 1 and (_is_title(words[count]) or (count > 0 and _is_title_tail(words[count]))):
        count += 1
    return " ".join(words[:count]) or None, words[count:]


def read_name(text: str, language: str | None = None) -> Name:
    """A name in its parts, in the order of its language."""
    text = " ".join(text.split())
    if not text or len(text) > _LONGEST:
        return Name(last=text or None, sure=False)
    salutation, bare = _east_honorific(text)
    if _EAST.fullmatch(bare.replace(" ", "")) is not None:
        return _east_name(bare, salutation)
    words = text.split(" ")
    salutation, words = split_salutation(words)
    if len(words) == 1:
        return Name(salutation, last=words[0])
    if words[0].endswith(",") or (len(words) > 2 and words[1].endswith(",")):
        return _last_first(words, salutation)
    if _is_cyrillic(words[0]):
        return _russian(words, salutation)
    return _western(words, salutation, language)


@cache
def last_name_first(label: str) -> bool:
    """Does the label ask for the last name first: 'Nom et prénom', 'Name, Vorname', 'Фамилия, имя'?"""
    words = [word.strip(",;/&+") for word in label.casefold().replace("/", " / ").split()]
    last = {fold(word) for name in ("last_name", "full_name") for word in every(label_lists(name))}
    first = {fold(word) for word in every(label_lists("first_name"))}
    first -= {fold(word) for word in every(label_lists("last_name"))}
    at = next((at for at, word in enumerate(words) if fold(word) in first), 0)
    return at > 0 and any(fold(word) in last for word in words[:at])


def in_usual_order(text: str) -> str:
    """First name, then last name, of a name below 'Nom et prénom'; a first name shows who wrote it the usual way."""
    last, comma, first = text.partition(",")
    if comma:
        return f"{first.strip()} {last.strip()}"
    words = text.split()
    if len(words) != 2 or (is_first_name(words[0]) and not is_first_name(words[1])):
        return text
    return f"{words[1]} {words[0]}"


def split_name(text: str, language: str | None = None) -> tuple[str | None, str | None, str | None, str | None]:
    """Salutation, first, middle and last name."""
    name = read_name(text, language)
    return name.salutation or None, name.first or None, name.middle or None, name.last or None


def _last_first(words: list[str], salutation: str | None) -> Name:
    """'Muster, Erika'; but 'Erika Muster, MSc' and 'Muster, Dr. Erika'."""
    text = " ".join(words)
    last, _, first = text.partition(",")
    if len(last.split()) > 1 and is_first_name(last.split()[0]) and len(first.split()) > 1:  # two persons
        return Name(salutation, None, None, text, sure=False)
    if all(fold(word) in _SUFFIX for word in first.split()):
        name = _western(last.split(), salutation, None)
        return Name(name.salutation, name.first, name.middle, f"{name.last},{first}")
    more, given = split_salutation(first.split())
    return Name(salutation or more, " ".join(given) or None, None, last.strip() or None)


def _western(words: list[str], salutation: str | None, language: str | None) -> Name:
    if len(words) == 1:
        return Name(salutation, last=words[0])
    if salutation is not None and words[0].casefold() in _LEADING_PARTICLES:  # 'Fam. De Vries', 'Herr von der Aue'
        return Name(salutation, last=" ".join(words))
    shouted = _capitals(words[0]) and "." not in words[0]  # 'J.P. van der Aue' begins with initials
    if shouted and not _capitals(words[-1]) and len(words[0]) > 2:  # 'DUPONT Marie'
        return _capitals_first(words, salutation)
    at = _start_of_last(words, language)
    first, middle = words[:at], None
    if len(first) == 2 and _INITIAL.fullmatch(first[1]) is not None and _INITIAL.fullmatch(first[0]) is None:
        first, middle = first[:1], first[1]
    sure = not any("/" in word for word in words)  # two persons
    return Name(salutation, " ".join(first) or None, middle, " ".join(words[at:]), sure)


def _capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper() and any(sign.isalpha() for sign in word)


def _capitals_first(words: list[str], salutation: str | None) -> Name:
    at = next(at for at, word in enumerate(words) if not _capitals(word))
    return Name(salutation, " ".join(words[at:]), None, " ".join(words[:at]))


def _start_of_last(words: list[str], language: str | None) -> int:
    """Where the last name begins: at a particle, before a suffix, or with the last word; two words in Spanish."""
    end = len(words)
    while end > 2 and fold(words[end - 1].strip(",")) in _SUFFIX:
        end -= 1
    for at in range(1, end - 1):
        word = words[at].casefold()
        if "-" in word and word.rpartition("-")[2] in _PARTICLES:  # 'Muster-van der Aue'
            return at
        if word.rstrip(".") in _BORN and at > 1:
            return at - 1
        if word in _NOBLE or (word in _PARTICLES and not _within_first(words, at)):
            return at
        if word in _PARTICLES:
            return _spanish(words, _after_particles(words, at), end) if language in _TWO_SURNAMES else end - 1
    if language in _TWO_SURNAMES:
        return _spanish(words, 1, end)
    return end - 1


def _after_particles(words: list[str], at: int) -> int:
    while words[at].casefold() in _PARTICLES or words[at].casefold() in ("los", "las"):
        at += 1
    return at + 1


def _within_first(words: list[str], at: int) -> bool:
    """'María del Carmen': the particle belongs to the first name if a last name still follows."""
    while at < len(words) and (words[at].casefold() in _PARTICLES or words[at].casefold() in ("los", "las")):
        at += 1
    return at + 1 < len(words) and words[at].casefold() in _SPANISH_SECOND


def _spanish(words: list[str], at: int, end: int) -> int:
    """First names as far as they are known ones, at most two; the rest, one or two surnames, is the last name."""
    if end - at >= 2 and at == 1 and (is_first_name(words[1]) or (end - at >= 3 and words[2][:1].isupper())):
        at = 2 if is_first_name(words[1]) else 1 if words[2].casefold() in ("y", "e") else 2
    return min(at, end - 1)


def _is_cyrillic(word: str) -> bool:
    return "\u0400" <= word[0] <= "\u04ff"


def _russian(words: list[str], salutation: str | None) -> Name:
    """'Иван Иванович Иванов' and 'Иванов Иван Иванович': the patronymic is the middle name."""
    at = next((at for at, word in enumerate(words) if _PATRONYMIC.fullmatch(word.casefold()) is not None), None)
    if len(words) > 1 and all(_INITIALS.fullmatch(word) is not None for word in words[1:]):
        return Name(salutation, " ".join(words[1:]), None, words[0])
    if len(words) == 3 and at == 1 and words[2].casefold() not in first_names():
        return Name(salutation, words[0], words[1], words[2])
    if len(words) == 3 and at == 2:
        return Name(salutation, words[1], words[2], words[0])
    if len(words) == 2 and at == 1 and words[0].casefold() in first_names():
        return Name(salutation, words[0], words[1], None, sure=False)
    first, last = words[0].casefold(), words[-1].casefold()
    turned = len(words) == 2 and last in first_names() and first not in first_names()
    if turned and _RUSSIAN_SURNAME.fullmatch(first) is not None:
        return Name(salutation, words[1], None, words[0])
    return Name(salutation, " ".join(words[:-1]), None, words[-1])


def _east_honorific(text: str) -> tuple[str | None, str]:
    """'王小明 先生': the salutation follows the name; '山田 花子 様' has none of its own."""
    for word in HONORIFICS if text.endswith(HONORIFICS) else ():
        if text.endswith(word) and len(text) > len(word) + 1:
            return None if word in COURTESIES else word, text.removesuffix(word).rstrip()
    return None, text


def _east_name(text: str, salutation: str | None) -> Name:
    """Family name first; without a blank, the family name is looked up."""
    if " " in text:
        family, _, given = text.partition(" ")
        return Name(salutation, given, None, family)
    if _KATAKANA.fullmatch(text) is not None:
        given, found, family = text.rpartition("・")
        return Name(salutation, given or None, None, family, sure=bool(found))
    for length in (3, 2, 1):
        known = len(text) > length and text[:length] in _japanese() and len(text) - length <= 3
        if known and (length > 1 or kana_after(text)):
            return Name(salutation, text[length:], None, text[:length])
    single, double = _chinese()
    if len(text) in (3, 4) and text[:2] in double:
        return Name(salutation, text[2:], None, text[:2])
    if len(text) in (2, 3) and text[0] in single:
        return Name(salutation, text[1:], None, text[0])
    return Name(salutation, None, None, text, sure=False)


def kana_after(text: str) -> bool:
    """Is the given name written in kana: '森さくら'?"""
    return all("\u3040" <= sign <= "\u30ff" for sign in text[1:])


def looks_east(text: str) -> bool:
    """Could the text be a person's name in Chinese or Japanese script?"""
    bare = _east_honorific(text)[1].replace(" ", "")
    return 2 <= len(bare) <= 12 and _EAST.fullmatch(bare) is not None
