"""Texts with invented values in the place of personal ones, the same for the same; markup and line ends stay."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from smtpd_billbee.reader.address_contacts import EU_VAT_ID
from smtpd_billbee.reader.invented import Inventor
from smtpd_billbee.reader.personal import LETTERS, Personal
from smtpd_billbee.reader.phones import is_phone
from smtpd_billbee.reader.street_words import other_months, street_endings

_URL = r"https?://[^\s<>\"'\])]{1,2000}"
_EMAIL = r"[^\s<>@,;:：；，、（）「」【】()\[\]\"'|=/?&]{1,64}@[\w.-]{1,255}\w"
_IBAN = r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b"
_PHONE = r"(?<![\w.,/+])(?:\+|00|\(0|0)[\d][\d ()/.\u00a0-]{6,20}\d(?!\w)"
_DIGITS = r"(?<![\w.,#-])\d{7,}(?![\w]|[.,]\d)"
# Scripts without blanks between words: a name is found wherever it stands, one letter only where it stands alone.
_EAST = "\u3041-\u9fff"
_WORD = rf"[^\W\d_{_EAST}]+|(?<![{_EAST}])[{_EAST}](?![{_EAST}])"
_IMPORT = re.compile(r"(\d{1,12})-([a-z0-9]{2,20})-orderimport@", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_SQUARE = re.compile(r"([A-Z]) ?[0-9]{1,2}(?=,? )")  # a block of Mannheim's
_RUN = re.compile(r"([0-9]+)(st|nd|rd|th)?(?![A-Za-z]{2})", re.IGNORECASE)
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
# Everything that HTML shows lies between tags; tags are changed in the values that name people or addresses.
_TAGS = re.compile(r"<(?:!--|[a-zA-Z/!?])[^<>]{0,20000}>")
_ATTRIBUTE = re.compile(
    r"((?:href|src|alt|title|value|content|action|data-[a-z-]{1,30})\s{0,3}=\s{0,3})(\"[^\"]*\"|'[^']*')", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});|\\u[0-9a-fA-F]{4}")
_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{4}")
_KNOWN_HOSTS = re.compile(r"(?:^|\.)(?:w3\.org|schema\.org|microsoft\.com|jimdo\.[a-z.]{2,12})$")
_KEPT_LABELS = frozenset(
    [
        "www",
        "shop",
        "mail",
        "cms",
        "mx",
        "m",
        "static",
        "img",
        "cdn",
        "app",
        "inbound",
        "click",
        "links",
        "email",
        "news",
        "store",
        "media",
        "api",
        "my",
    ]
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a try leaves alone because the mail would read differently: short numbers, postcodes, house numbers."""

    numbers: bool = True
    postcodes: bool = True
    houses: bool = True


class Masker:
    """Replaces what is personal in texts of one mail."""

    def __init__(self, personal: Personal, inventor: Inventor, choice: Choice, kept: frozenset[str]) -> None:
        self._words = {word: sort for word, sort in personal.words.items() if word not in kept}
        self._beside = {word: sort for word, sort in personal.words.items() if word in kept}
        self._inventor = inventor
        self._digits: dict[str, str] = {}
        self._hosts: dict[str, str] = {}
        self._labels: dict[str, str] = {}
        self._emails: dict[str, str] = {}
        self._runs: dict[str, str] = {}
        self._protected = " ".join(f"{item.title} {item.sku or ''} {item.variant or ''}" for item in personal.items)
        values = {
            value: sort
            for value, sort in personal.values.items()
            if (sort != "number" or choice.numbers)
            and (sort != "postcode" or choice.postcodes)
            and (sort != "street" or choice.houses)
        }
        self._sorts = {_plain(value): sort for value, sort in values.items()}
        self._hosts_said = sorted({site.lower() for site in personal.site}, key=len, reverse=True)
        self._pattern = self._compiled(values, personal.notes)

    def _compiled(self, values: dict[str, str], notes: list[str]) -> re.Pattern[str]:
        def any_of(texts: list[str]) -> str:
            spaced = [r"[\s>]+".join(re.escape(word) for word in text.split()) for text in texts if text.strip()]
            return "|".join(sorted(set(spaced), key=len, reverse=True)) or r"(?!)"

        east = [word for word in self._words if word[0] >= _EAST[0] and len(word) > 1]
        within = [value for value, sort in values.items() if sort == "street" and value[0] >= _EAST[0]]
        literal = rf"(?<![\w])(?<!\d[.,])(?:{any_of(list(values))})(?!\w|[.,]\d)|(?:{any_of(within)})"
        return re.compile(
            rf"(?P<note>(?<!\w)(?:{any_of(notes)})(?!\w))|(?P<url>{_URL})|(?P<email>{_EMAIL})"
            rf"|(?P<host>(?<![\w.])(?:{any_of(self._hosts_said)})(?!\w))|(?P<literal>{literal})"
            rf"|(?P<vat>(?<!\w)(?:{EU_VAT_ID.pattern})(?!\w))|(?P<iban>{_IBAN})"
            rf"|(?P<phone>{_PHONE})|(?P<digits>{_DIGITS})|(?P<east>{any_of(east)})|(?P<word>{_WORD})"
        )

    def html(self, text: str) -> str:
        """HTML: what is shown, comments, scripts, and the attributes that hold addresses or words."""
        out: list[str] = []
        at = 0
        for tag in _TAGS.finditer(text):
            out += (self._shown(text[at : tag.start()]), self._tag(tag[0]))
            at = tag.end()
        return "".join((*out, self._shown(text[at:])))

    def _tag(self, tag: str) -> str:
        if tag.startswith("<!") and not tag.startswith("<!--"):
            return tag
        if tag.startswith("<!--"):
            return self.text(tag)
        return _ATTRIBUTE.sub(lambda found: found[1] + found[2][0] + self._shown(found[2][1:-1]) + found[2][0], tag)

    def _shown(self, source: str) -> str:
        """Text of HTML, in which letters may be written as entities: only what changes is written anew."""
        return self._pieces(source, _ENTITY, _escaped)

    def text(self, text: str) -> str:
        """Plain text; JSON in it may write letters as escapes."""
        return self._pieces(text, _ESCAPE, str)

    def _pieces(self, source: str, coded: re.Pattern[str], write: Callable[[str], str]) -> str:
        plain, starts = _decoded(source, coded)
        out: list[str] = []
        at = 0
        tokens = list(self._pattern.finditer(plain))
        for number, found in enumerate(tokens):
            new = self._new(found)
            if found.lastgroup == "word" and found[0].casefold() in self._beside:
                new = self._word_beside(found, tokens[max(0, number - 1) : number + 2], plain)
            if new != found[0]:
                out += (source[at : starts[found.start()]], write(new))
                at = starts[found.end()]
        return "".join((*out, source[at:]))

    def _new(self, found: re.Match[str]) -> str:
        text = found[0]
        match found.lastgroup:
            case "word" | "east":
                return self._word(text)
            case "email":
                return self.email(text)
            case "url":
                return self._url(text)
            case "host":
                return self.host(text)
            case "note":
                return self._shape(text)
            case "literal":
                return self._literal(text, self._sorts.get(_plain(text), "id"))
            case "vat":
                return text if text in self._protected else self._literal(text, "vat")
            case "iban":
                return self._literal(text, "iban") if sum(sign.isdigit() for sign in text) > 9 else self._as_words(text)
            case "phone":
                sure = is_phone(text) and sum(sign.isdigit() for sign in text) > 8 and not _DATE.match(text)
                return self._literal(text, "phone") if sure and text not in self._protected else text
            case _:
                return text if text in self._protected else self._literal(text, "id")

    def _word(self, word: str) -> str:
        sort = self._words.get(word.casefold())
        if sort is None:
            return word
        if sort == "street":
            folded = word.casefold()
            ending = max((each for each in street_endings() if folded.endswith(each)), key=len, default="")
            if ending and len(ending) + 2 < len(word):
                stem = word[: -len(ending)]
                return self._inventor.word(stem, "street") + word[len(stem) :]
        return self._inventor.word(word, sort)

    def _word_beside(self, found: re.Match[str], around: list[re.Match[str]], plain: str) -> str:
        """A name that is a label's word, too ('Porto'), is a name right beside another name or a postcode."""
        for other in around:
            gap = plain[min(found.end(), other.end()) : max(found.start(), other.start())]
            personal = other.lastgroup == "literal" or other[0].casefold() in self._words
            if other is not found and personal and len(gap) < 3 and not gap.strip(" ,"):
                return self._inventor.word(found[0], self._beside[found[0].casefold()])
        return found[0]

    def _as_words(self, text: str) -> str:
        return LETTERS.sub(lambda found: self._word(found[0]), text)

    def _shape(self, text: str) -> str:
        """Free text: other letters and digits in the same form."""
        words = LETTERS.sub(lambda found: self._inventor.word(found[0], "other"), text)
        return re.sub(r"\d", lambda _: self._inventor.digit(first=True), words)

    def _literal(self, text: str, sort: str) -> str:
        key = _plain(text)
        if sort == "birth":
            return re.sub(r"\d+", self._day_or_year, text)
        if sort == "street":
            return self._street(text)
        made = self._digits.get(key)
        if made is None:
            made = self._digits[key] = "".join(self._signs(key, sort))
        signs = iter(made)
        return "".join(next(signs) if sign.isalnum() else sign for sign in text)

    def _street(self, text: str) -> str:
        """A street with its number: its words as everywhere, another day, month, number or square."""
        square = _SQUARE.match(text)
        if square is not None:
            text = self._runs.setdefault(square[1], self._inventor.one_of("BCDEFGHKLMN")) + text[1:]
        words = LETTERS.sub(lambda found: self._month(found[0]) or self._word(found[0]), text)
        return _RUN.sub(self._run, words)

    def _month(self, word: str) -> str | None:
        beside = other_months(word.casefold())
        if not beside:
            return None
        made = self._runs.setdefault(word.casefold(), self._inventor.one_of(beside))
        return made.title() if word[0].isupper() else made

    def _run(self, found: re.Match[str]) -> str:
        """Another number of as many digits, the same for the same; '5th' stays one, and the day of a month."""
        key = found[0].casefold()
        if key not in self._runs:
            first = "456789" if found[2] else "12" if len(found[1]) == 2 else "123456789"
            digits = found[1]
            while digits == found[1]:
                ones = [self._inventor.digit() for _ in found[1][1:]]
                digits = "".join([self._inventor.one_of(first), *ones])
            self._runs[key] = digits + ("th" if found[2] else "")
        return self._runs[key]

    def _signs(self, key: str, sort: str) -> list[str]:
        kept = {"phone": 3 if key.startswith("00") else 1 if key.startswith("0") else 2, "postcode": 1}.get(sort, 0)
        signs = []
        for place, sign in enumerate(key):
            if sign.isdigit() and place >= kept:
                signs.append(self._inventor.digit(first=place == 0 and sign != "0"))
            elif sign.isascii() and sign.isalpha() and sort == "postcode" and place > 2:
                signs.append(self._inventor.one_of("ABDEHJLNPQRSTUWXYZ"))
            else:
                signs.append(sign)
        return signs

    def _day_or_year(self, found: re.Match[str]) -> str:
        """A date stays a date: a year of the 1970s; any day or month that two digits can be; never twice the same."""
        if len(found[0]) == 4:
            return f"197{self._inventor.digit()}"
        return self._inventor.one_of(("10", "11", "12")) if len(found[0]) == 2 else self._inventor.digit(first=True)

    def email(self, text: str) -> str:
        """The local part in its shape; the import address keeps its form, by which it is known."""
        if text.lower() not in self._emails:
            local, _, domain = text.rpartition("@")
            if found := _IMPORT.match(text):
                local = f"{self._literal(found[1], 'id')}-{found[2]}-orderimport"
            elif not re.fullmatch(
                r"(?i)no-?reply|info|shop|service|orders?|mailer-daemon|postmaster|support|news(?:letter)?", local
            ):
                local = "".join(
                    self._inventor.digit() if sign.isdigit() else self._inventor.letter(sign) for sign in local
                )
            self._emails[text.lower()] = f"{local}@{self.host(domain)}"
        return self._emails[text.lower()]

    def host(self, host: str) -> str:
        """Another host of the same shape under `example` (RFC 2606); those that everybody uses stay."""
        name = host.lower()
        if _KNOWN_HOSTS.search(name):
            return host
        if name not in self._hosts:
            labels = name.split(".")[:-1]
            self._hosts[name] = ".".join([*(self._label(each) for each in labels), "example"])
        return self._hosts[name]

    def _label(self, label: str) -> str:
        if label in _KEPT_LABELS:
            return label
        if label not in self._labels:
            self._labels[label] = "".join(self._inventor.letter(sign) for sign in label)
        return self._labels[label]

    def _url(self, url: str) -> str:
        """Host by host; tokens of the path and the values of the query in their shape."""
        scheme, _, rest = url.partition("://")
        netloc, slash, path = rest.partition("/")
        if "?" in netloc:
            netloc, slash, path = rest.partition("?")
        host = netloc.rpartition("@")[2].partition(":")
        if _KNOWN_HOSTS.search(host[0].lower()) and "jimdo" not in host[0].lower():
            return url
        return f"{scheme}://{self.host(host[0])}{host[1]}{host[2]}{slash}{self._path(path)}"

    def _path(self, path: str) -> str:
        def other(found: re.Match[str]) -> str:
            text = found[0]
            if not any(sign.isdigit() for sign in text) and len(text) < 16:
                return self._as_words(text)
            return "".join(self._inventor.digit() if s.isdigit() else self._inventor.letter(s) for s in text)

        before, mark, query = path.partition("?")
        before = re.sub(r"(?:%[0-9A-Fa-f]{2})|[\w-]+", lambda f: f[0] if f[0][0] == "%" else other(f), before)
        query = re.sub(r"(?<==)[^&#]*", lambda f: re.sub(r"(?:%[0-9A-Fa-f]{2})|[^\W_]+", self._token, f[0]), query)
        return before + mark + query

    def _token(self, found: re.Match[str]) -> str:
        return "".join(self._inventor.digit() if s.isdigit() else self._inventor.letter(s) for s in found[0])


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def _decoded(source: str, coded: re.Pattern[str]) -> tuple[str, list[int]]:
    """The text without invisible signs and with its codes decoded; and where in the source each sign begins."""
    plain: list[str] = []
    starts: list[int] = []
    at = 0
    for found in coded.finditer(source):
        for place in range(at, found.start()):
            _add(plain, starts, source[place], place)
        text = chr(int(found[0][2:], 16)) if found[0][0] == "\\" else html.unescape(found[0])
        for sign in text:
            _add(plain, starts, sign, found.start())
        at = found.end()
    for place in range(at, len(source)):
        _add(plain, starts, source[place], place)
    return "".join(plain), [*starts, len(source)]


def _add(plain: list[str], starts: list[int], sign: str, place: int) -> None:
    if sign not in _INVISIBLE:
        plain.append(sign)
        starts.append(place)


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
