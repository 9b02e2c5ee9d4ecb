"""Header values as people read them: RFC 2047 words, raw bytes of eight bits, RFC 2231 parameters, the author.

A value longer than LONGEST is cut, so nothing here can take long; every function is linear all the same.
"""

import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from smtpd_billbee.formats.charsets import decode
from smtpd_billbee.formats.transfer import undone

LONGEST = 8 * 1024

_FOLD = re.compile(r"[ \t]*[\r\n]+[ \t]*")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*\\?(?:"|\Z)|[^;]*)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"(.+?)\*(\d{1,3})?(\*?)", re.DOTALL)
# A quote that is never closed runs to the end: to look for its end once more from each quote would be quadratic.
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*\\?(?:"|\Z)', re.DOTALL)
_ANGLE = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_BARE = re.compile(r"[^\s<>\"(),;:@]{1,128}@[^\s<>\"(),;:@]{1,255}")
_MAX_PARAMETERS = 100


def readable(value: str) -> str:
    """The text of a header value, on one line.  `value` is as the stdlib parser keeps it: bytes as surrogates."""
    value = value[:LONGEST]
    if "\n" in value or "\r" in value:
        value = _FOLD.sub(" ", value).strip()
    if not value.isascii():
        value = decode(value.encode("ascii", "surrogateescape"), None) if _has_bytes(value) else value
    if "=?" in value:
        value = _words_decoded(value)
    if not value.isprintable():
        value = _CONTROLS.sub("", _FOLD.sub(" ", value))
    return value


def _has_bytes(value: str) -> bool:
    """Only surrogates beyond ASCII: these are bytes.  Text of our own making has none."""
    return all(char < "\x80" or "\udc80" <= char <= "\udcff" for char in value)


@dataclass(frozen=True, slots=True)
class _Word:
    charset: str
    content: bytes


def _words_decoded(value: str) -> str:
    """RFC 2047, read leniently: words inside words, white space inside a word, a word cut off at the end.

    Words beside each other in one charset are put together first: senders split them inside a letter (RFC 2047 5 (3)
    forbids it, many do).
    """
    out: list[str] = []
    pending: list[_Word] = []
    at = 0
    while (start := value.find("=?", at)) >= 0:
        word, end = _word_at(value, start)
        between = value[at:start]
        if word is None:
            out += (_text_of(pending), between, value[start:end])
            pending = []
        else:
            if between.strip() or (not pending and between):
                out += (_text_of(pending), between)
                pending = []
            if pending and pending[0].charset != word.charset:
                out.append(_text_of(pending))
                pending = []
            pending.append(word)
        at = end
    out += (_text_of(pending), value[at:])
    return "".join(out)


def _word_at(value: str, start: int) -> tuple[_Word | None, int]:
    """The word at this '=?' and where it ends; no word: only the '=?' is passed over."""
    charset_end = value.find("?", start + 2, start + 2 + 80)
    encoding = value[charset_end + 1 : charset_end + 2].lower()
    if charset_end < 0 or encoding not in ("b", "q") or value[charset_end + 2 : charset_end + 3] != "?":
        return None, start + 2
    text_at = charset_end + 3
    text_end = value.find("?=", text_at)
    end = text_end + 2
    if text_end < 0:
        text_end = end = len(value)
    packed = value[text_at:text_end].encode("utf-8", "surrogateescape")
    content = undone(packed, "base64") if encoding == "b" else binascii.a2b_qp(packed, header=True)
    return _Word(value[start + 2 : charset_end].partition("*")[0].lower(), content), end


def _text_of(words: list[_Word]) -> str:
    if not words:
        return ""
    return decode(b"".join(word.content for word in words), words[0].charset)


def parameters(value: str) -> dict[str, str]:
    """The parameters of a Content-Type or Content-Disposition, names in small letters (RFC 2231, and what is sent)."""
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(value[:LONGEST])):
        if count == _MAX_PARAMETERS:
            break
        name, text = found[1].lower(), found[2].strip()
        if text[:1] == '"':
            text = _ESCAPED.sub(r"\1", text[1:].removesuffix('"'))
        section = _SECTION.fullmatch(name)
        if section is None:
            plain.setdefault(name, readable(text))
        else:
            number = int(section[2] or 0)
            # 'name*0' is text, 'name*0*' and 'name*' are percent-encoded.
            sections.setdefault(section[1], {})[number] = (text, bool(section[3]) or section[2] is None)
    return plain | {name: _assembled(parts) for name, parts in sections.items()}


def _assembled(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231 3 and 4: numbered pieces; the first encoded one begins with charset'language'."""
    charset: str | None = None
    content = b""
    for index, (_, (text, encoded)) in enumerate(sorted(parts.items())):
        if encoded and index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        content += unquote_to_bytes(_as_bytes(text)) if encoded else _as_bytes(text)
    return decode(content, charset or None)


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def author(value: str) -> tuple[str, str]:
    """Name and address of a From header; ('…', '') if it has no address.

    The address is looked for before words are decoded: a name that looks like an address is a name.
    """
    value = _FOLD.sub(" ", value[:LONGEST]).strip()
    masked = _QUOTED.sub(lambda found: " " * len(found[0]), value)
    if found := _ANGLE.search(masked):
        return _name(value[: found.start()]), found[1]
    if found := _last_angle(value):  # behind a quote that is no quote: 5" pipes <a@b>
        return _name(value[: found.start()]), found[1]
    if found := _BARE.search(masked):
        return _name(value[found.end() :].strip().removeprefix("(").removesuffix(")")), found[0]
    text = readable(value)
    if found := _ANGLE.search(text):  # the whole header was encoded, address and all
        return _name(text[: found.start()]), found[1]
    return _name(value), ""


def _last_angle(value: str) -> re.Match[str] | None:
    every = list(_ANGLE.finditer(value))
    return every[-1] if every else None


def _name(text: str) -> str:
    text = text.strip(" \t,")
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _ESCAPED.sub(r"\1", text[1:-1])
    return readable(text).strip(" \t\"'")
