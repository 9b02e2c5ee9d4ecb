"""The sites that a mail names, seen or not: in its words, and where its links, pictures and forms go.

By them it is known whose shop a mail is of, and whoever has a shop of his own may hide what his shop's mails say of it:
so everything is looked at, the way a browser would, and nothing is too long or too much to be looked at.
"""

import functools
import re
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.reader.markup import strings_of
from smtpd_billbee.reader.words import REMEMBERED

LONGEST_LINE = 4_000  # letters; what is longer was not written for people

_HOST = re.compile(
    r"(?:https?://)?(?P<host>(?:[\w](?:[\w-]{0,61}[\w])?\.){1,5}[^\W\d_][\w-]{1,22})(?=[/:\s,;.!?)\]>（）\u3000-\u9fff]|$)(?!@)"
)
_DOTTED = re.compile(r"[^\W_]\.[^\W_]")
# The authority of a link (RFC 3986 3.2), as lenient as browsers are about the slashes before it; also of a link that
# another one carries to be sent on to.
_LINK = re.compile(r"(?:https?:/*|//+)([^/?#&,;\"'<>()]{1,512})", re.IGNORECASE)
_LEFT_OUT_BY_BROWSERS = dict.fromkeys([*range(0x21), 0x7F, 0xAD, 0x200B, 0x2060, 0xFEFF]) | {ord("\\"): "/"}
_WORD = re.compile(r"[^\s<>\"'()\[\]{}|,;:/\\=\u3000-\u303f\uff08\uff09\uff0c\uff1a\uff1b]{3,600}")
_MAY_NAME = re.compile(r"\S\.[^\W\d_]")  # before the last part of a name, which is a word
_LINK_IN_TEXT = re.compile(r"(?:https?:)?//[^\s<>\"']{1,2000}", re.IGNORECASE)
_STYLE = 400  # letters; a longer value is not there twice
_AROUND = ".:!?*_~`#&+-…»«„“”‚‘’›‹。、！？"
_UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF]) | {0x3002: ".", 0xFF0E: "."}
_IS_UNSEEN = re.compile(f"[{''.join(map(chr, _UNSEEN))}]")
_NUMBERED = frozenset(["art", "artikel", "best", "bestell", "kd", "kunden", "rechn", "re", "ust", "tel", "haus", "id"])
_NOBODYS = frozenset(["schema.org", "www.w3.org", "w3.org", "schemas.microsoft.com"])  # names of vocabularies


def sites_of(lines: Iterable[str], letter: Letter) -> frozenset[str]:
    """The hosts in these lines and in all of the letter's texts, in small letters."""
    read, unread = set(lines), set[str]()  # the same string is looked at once
    for body in letter.bodies:
        if body.kind == "html":
            strings = strings_of(body.text)
            read |= strings.read
            unread |= strings.unread
        else:  # lines above may be cut, or left out where they stand below a quote
            read.update(body.text.split("\n"))
    named = (host for text in read if "." in text for host in named_hosts(text))
    linked = (host for text in unread for host in hosts_of_links(text))
    return frozenset({*named, *linked} - _NOBODYS)


def named_hosts(text: str) -> list[str]:
    """Every host that the text names, as a link or by its mere name: rather one too many than one too few.

    The whole word counts, whatever stands in it: 'https://tea.example.1.evil.example' is not tea.example.
    """
    if not text.isascii() and _IS_UNSEEN.search(text):
        text = text.translate(_UNSEEN)
    found = []
    if "//" in text:
        found = [host for link in _LINK_IN_TEXT.findall(text) for host in hosts_of_links(link)]
        text = _LINK_IN_TEXT.sub(" ", text)
    elif not _MAY_NAME.search(text):
        return []  # a full stop ends a sentence, or stands in a number
    words = (word.strip(_AROUND) for word in _WORD.findall(text) if "@" not in word)
    return found + [word.lower() for word in words if "." in word and _is_host(word)]


def _is_host(word: str) -> bool:
    host = word.lower()
    *_, name, last = host.split(".")
    if word.rpartition(".")[2].istitle() and _may_be_sentences(host):
        return False  # 'Guten Tag.Danke': a full stop without its blank
    if host.startswith("www."):
        return True
    is_file = last in _FILE_ENDINGS and (last != "nr" or name in _NUMBERED)
    is_measure = name[:1].isdigit() and len(name) < 4  # '12.kg'
    return last.isalpha() and len(last) > 1 and len(name) > 1 and not is_measure and not is_file


def hosts_of_links(text: str) -> Sequence[str]:
    """The hosts that links in an attribute's value or in a script go to."""
    if "/" not in text and "\\" not in text and ":" not in text and "%" not in text:
        return ()  # as nearly always
    return _remembered_hosts(text) if len(text) < _STYLE else _hosts_of_links(text)


def _hosts_of_links(text: str) -> tuple[str, ...]:
    if "%" in text:
        text = unquote(unquote(text))
    authorities = _LINK.findall(text.translate(_LEFT_OUT_BY_BROWSERS))
    return tuple(host for each in authorities if (host := _host_in(each.rpartition("@")[2].lower())))


_remembered_hosts = functools.lru_cache(maxsize=REMEMBERED)(_hosts_of_links)  # styles are the same again and again


def _host_in(authority: str) -> str:
    """Without its port; what no browser takes for a port makes a host that nobody has."""
    host, _, port = authority.partition(":")
    return host if not port or port.isdecimal() else authority.replace(":", ".")


def hosts_in_line(text: str) -> tuple[str, ...]:
    """Host names in a line; most full stops end a sentence."""
    if "." not in text[:-1] or not _DOTTED.search(text, 0, LONGEST_LINE):
        return ()
    return hosts_in(text[:LONGEST_LINE])


@functools.lru_cache(maxsize=REMEMBERED)
def hosts_in(text: str) -> tuple[str, ...]:
    """Host names in a text, without those of mail addresses."""
    found = []
    for each in _HOST.finditer(text):
        start = each.start("host")
        if text[start - 1 : start] in ("@", ".") or text[each.end() : each.end() + 1] == "@":
            continue
        host = each["host"].lower()
        label = host.rsplit(".", 1)[-1]
        if "://" not in each[0] and each["host"].rsplit(".", 1)[-1].istitle() and _may_be_sentences(host):
            continue  # 'Guten Tag.Danke': a full stop without its blank
        if "://" not in each[0] and not host.startswith("www.") and (len(label) < 2 or not _looks_like_domain(host)):
            continue
        found.append(host)
    return tuple(found)


def _may_be_sentences(host: str) -> bool:
    return host.count(".") == 1 and "-" not in host and not any(char.isdigit() for char in host)


_FILE_ENDINGS = frozenset(
    ["nr", "html", "htm", "php", "aspx", "jpg", "jpeg", "png", "gif", "webp", "svg", "pdf", "csv", "xlsx", "docx"]
)


_SALUTATIONS = frozenset(["sig.ra", "sig.na", "sig.ri", "dott.ssa", "prof.ssa", "spett.le", "gent.ma", "gent.mo"])


def _looks_like_domain(host: str) -> bool:
    parts = host.split(".")
    return (
        len(parts) >= 2
        and host not in _SALUTATIONS
        and len(parts[-2]) >= 3
        and not parts[-2].isdigit()
        and parts[-1] not in _FILE_ENDINGS
        and all(not part[0].isdigit() or len(part) > 3 for part in parts[-2:])
    )
