"""Bytes of a mail part become text, whatever its label says; any bytes give a text, never an exception.

Labels mean what browsers take them for (WHATWG Encoding Standard, section 4.2): iso-8859-1 is cp1252, gb2312 is
GB18030.  They are looked up in tables of ours and of the standard library, so that a stranger's label never names a
module to import, nor a codec that is none (rot13, unicode_escape).
"""

import re
from encodings.aliases import aliases

_WESTERN = ("cp1252",)
_UTF8 = ("utf_8",)

# The label's codecs, in the order in which they are tried.
_LABELS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("iso8859_1", "latin_1", "latin1", "l1", "ascii", "us_ascii", "cp1252", "x_cp1252", "iso_8859_1", "ansi"),
        _WESTERN,
    ),
    **dict.fromkeys(("utf8", "utf_8", "unicode_1_1_utf_8", "utf_8_sig", "utf8mb4", "x_unicode20utf8"), _UTF8),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "gb_2312_80", "euc_cn", "x_gbk", "chinese", "cp936"), ("gb18030",)),
    **dict.fromkeys(("shift_jis", "sjis", "x_sjis", "cp932", "ms_kanji", "windows_31j", "ms932"), ("cp932",)),
    **dict.fromkeys(("ks_c_5601", "ks_c_5601_1987", "euc_kr", "cp949", "korean", "windows_949"), ("cp949",)),
    **dict.fromkeys(("big5", "big5_hkscs", "big5hkscs", "cp950", "cn_big5", "x_x_big5"), ("cp950", "big5hkscs")),
    **dict.fromkeys(("euc_jp", "x_euc_jp"), ("euc_jp", "euc_jisx0213")),
    **dict.fromkeys(
        ("iso2022_jp", "iso_2022_jp", "csiso2022jp", "cp50220", "cp50221", "iso2022_jp_ext"),
        ("iso2022_jp", "iso2022_jp_ext", "iso2022_jp_2004"),
    ),
    **dict.fromkeys(("iso_8859_8_i", "iso_8859_8_e", "iso8859_8", "iso_8859_8"), ("cp1255",)),
    **dict.fromkeys(("iso8859_9", "iso_8859_9", "latin5"), ("cp1254",)),
    **dict.fromkeys(("iso8859_11", "iso_8859_11", "tis_620"), ("cp874",)),
    **dict.fromkeys(("koi8", "koi8_r", "koi"), ("koi8_r",)),
    **dict.fromkeys(("utf_16", "utf_16_le", "utf_16le", "unicode", "ucs_2", "iso_10646_ucs_2"), ("utf_16_le",)),
    **dict.fromkeys(("macintosh", "x_mac_roman", "mac_roman"), ("mac_roman",)),
    "x_user_defined": _WESTERN,
    "x_mac_cyrillic": ("mac_cyrillic",),
    "dos_874": ("cp874",),
}

# Codecs of the standard library that may be named, beside those of the table above.
# fmt: off
_CODECS = frozenset((
    "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_10", "iso8859_13",
    "iso8859_14", "iso8859_15", "iso8859_16", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp1258", "cp437", "cp850", "cp852", "cp855", "cp857", "cp858", "cp862", "cp866", "cp874", "koi8_r", "koi8_u",
    "koi8_t", "mac_cyrillic", "mac_latin2", "mac_roman", "ptcp154", "hz", "iso2022_kr", "iso2022_jp_1",
    "iso2022_jp_2", "iso2022_jp_2004", "iso2022_jp_3", "johab", "utf_16_be", "utf_32", "utf_32_be", "utf_32_le",
    "utf_7",
))
# fmt: on

# Labels that are written without thought: what is UTF-8 under them is UTF-8.
_CARELESS = frozenset({*_WESTERN, "iso8859_15"})

_BOMS = ((b"\xef\xbb\xbf", "utf_8"), (b"\xff\xfe", "utf_16_le"), (b"\xfe\xff", "utf_16_be"))
_JAPANESE = (b"\x1b$B", b"\x1b$@", b"\x1b(J")

_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(r"[\x80-\x9f]")
_C1_AS_CP1252 = {code: char for code in range(0x80, 0xA0) if (char := bytes([code]).decode("cp1252", "ignore"))}
_NO_LABEL_SIGNS = re.compile(r"[^a-z0-9]+")


def decode(raw: bytes, label: str | None) -> str:
    """The text of these bytes, under the charset that they are labelled with (None: no label)."""
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return _decoded(raw[len(mark) :], (codec,))
    codecs = codecs_of(label)
    if codecs and codecs[0].startswith(("utf_16", "utf_32")) and b"\0" not in raw:
        codecs = ()  # said in a <meta> that could not have been read then
    if not _HIGH.search(raw):
        return _ascii(raw, codecs)
    if codecs and codecs[0] in _CARELESS and (text := _strict(raw, "utf_8")) is not None:
        return _without_c1(text)
    return _without_c1(_decoded(raw, codecs or _unlabelled(raw)))


_WORD = re.compile(rb"[\x80-\xff]{3,}")
_FEWEST = 20  # letters beyond ASCII that say something of a charset
_SMALL = ((re.compile(rb"[\xe0-\xff]"), "cp1251"), (re.compile(rb"[\xc0-\xdf]"), "koi8_r"))


def _unlabelled(raw: bytes) -> tuple[str, ...]:
    """The codecs of a text without a label: UTF-8, or Cyrillic, whose words have no ASCII and mostly small letters."""
    if _strict(raw, "utf_8") is not None:
        return _UTF8
    words = b"".join(_WORD.findall(raw))
    if len(words) < _FEWEST or len(words) < 0.8 * len(_HIGH.findall(raw)):
        return _UTF8
    return next(((codec,) for small, codec in _SMALL if len(small.findall(words)) > 0.6 * len(words)), _UTF8)


def codecs_of(label: str | None) -> tuple[str, ...]:
    """The codecs to try for a label; () for none and for one that nobody knows."""
    if not label:
        return ()
    # 'utf-8*de' is a label with a language (RFC 2231 5); NUL and quotes come from broken senders.
    name = label[:80].replace("\0", "").partition("*")[0].strip(" \t\r\n\"'").lower()
    key = _NO_LABEL_SIGNS.sub("_", name).strip("_")
    if key in _LABELS:
        return _LABELS[key]
    codec = aliases.get(key, key)
    if codec in _LABELS:
        return _LABELS[codec]
    windows = key.removeprefix("x_").removeprefix("windows_").removeprefix("win_").removeprefix("cp").lstrip("_")
    for known in (codec, f"cp{windows}", key.replace("iso_8859_", "iso8859_")):
        if known in _CODECS:
            return (known,)
    return ()


def _ascii(raw: bytes, codecs: tuple[str, ...]) -> str:
    """Seven bits are ASCII unless something says otherwise: escape sequences, UTF-7, UTF-16."""
    plain = raw.decode("ascii")
    first = codecs[0] if codecs else ""
    if b"\x1b" in raw and (first.startswith("iso2022") or any(escape in raw for escape in _JAPANESE)):
        return _decoded(raw, codecs if first.startswith("iso2022") else _LABELS["iso2022_jp"])
    if first == "hz":
        return raw.decode("hz", "replace")
    if first == "utf_7":
        return _utf_7(raw, plain)
    if first.startswith(("utf_16", "utf_32")):
        return _decoded(raw, codecs)
    return plain


def _utf_7(raw: bytes, plain: str) -> str:
    """UTF-7 only where it hides nothing: brackets, quotes and line ends must be written as themselves (RFC 2152)."""
    text = _strict(raw, "utf_7")
    if text is None or not _is_unicode(text) or any(text.count(sign) != plain.count(sign) for sign in '<>"\n'):
        return plain
    return text


def _is_unicode(text: str) -> bool:
    """No halves of surrogate pairs: the codec lets them through, and nothing else does."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _decoded(raw: bytes, codecs: tuple[str, ...]) -> str:
    if codecs == _UTF8:
        text = _strict(raw, "utf_8")
        return text if text is not None else _damaged_utf_8(raw)
    if codecs[0] == "utf_7":  # bytes of eight bits are not UTF-7
        return _decoded(raw, _UTF8)
    for codec in codecs:
        if (text := _strict(raw, codec)) is not None:
            return text
    if codecs[0] == "iso2022_jp":
        return _iso_2022_jp_of_microsoft(raw)
    # A label that its own bytes contradict is worth less than UTF-8 that holds to the last byte.
    text = _strict(raw, "utf_8")
    return text if text is not None else raw.decode(codecs[0], "replace")


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        return None


_SEQUENCE = re.compile(
    rb"([\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})"
    rb"|([\xc2-\xf4][\x80-\xbf]{1,2}|[\x80-\xbf]+)|([\xc0-\xff])"
)


def _damaged_utf_8(raw: bytes) -> str:
    """Said to be UTF-8, and is not: another charset under a wrong label, or UTF-8 with damaged places.

    One good sequence for each bad place is taken for UTF-8.  Then a byte that begins a letter but is followed by none
    is a letter of cp1252 (a name pasted into a template), and a torn sequence is U+FFFD, so that the damage is seen.
    """
    good = bad = 0
    for found in _SEQUENCE.finditer(raw):
        if found[1]:
            good += 1
        else:
            bad += 1
    if good < bad:
        return raw.decode("cp1252", "replace")
    return _SEQUENCE.sub(_mended, raw).decode("utf_8", "replace")


def _mended(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return found[1]
    return found[3].decode("cp1252").encode() if found[3] else b"\xef\xbf\xbd"


_ESCAPES = re.compile(rb"\x1b(\$[@B]|\([BJI]|\$\([A-Z]|[ -/]*[0-~])")


def _iso_2022_jp_of_microsoft(raw: bytes) -> str:
    """ISO-2022-JP with the characters that only Windows has, as the (株) in one square that companies write."""
    parts = _ESCAPES.split(raw)
    texts = [parts[0].decode("ascii", "replace")]
    for escape, part in zip(parts[1::2], parts[2::2], strict=True):
        if escape in (b"$@", b"$B"):
            texts.append(_jis_x_0208(part))
        elif escape == b"(I":
            texts.append(bytes(byte | 0x80 for byte in part).decode("cp932", "replace"))
        else:
            texts.append(part.decode("cp1252", "replace"))
    return "".join(texts)


def _jis_x_0208(part: bytes) -> str:
    """Two bytes of JIS X 0208 are two bytes of Shift_JIS, moved."""
    moved = bytearray()
    at = 0
    while at < len(part):
        row, cell = part[at], part[at + 1] if at + 1 < len(part) else 0
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            moved.append(row & 0x7F)  # a line end inside
            at += 1
            continue
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = (cell + (0x1F if cell < 0x60 else 0x20)) if row % 2 else cell + 0x7E
        moved += bytes((lead, trail))
        at += 2
    return moved.decode("cp932", "replace")


def _without_c1(text: str) -> str:
    """C1 controls are what is left of cp1252 under a wrong label: nobody writes them."""
    return text.translate(_C1_AS_CP1252) if _C1.search(text) else text


# UTF-8 that was read as cp1252 and written once more: the letters of its bytes.
_CP1252 = [bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(256)]
_BYTE = {ord(char): code for code, char in enumerate(_CP1252)}
_TAIL = "[" + re.escape("".join(_CP1252[0x80:0xC0])) + "]"
_TWICE = re.compile(f"[\xc2-\xdf]{_TAIL}|[\xe0-\xef]{_TAIL}{{2}}|[\xf0-\xf4]{_TAIL}{{3}}")
_NON_ASCII = re.compile("[^\x00-\x7f]")


def repaired(text: str) -> str:
    """Undo UTF-8 that was encoded twice ('fÃ¼r'), if the whole text says so; else the text as it is.

    Every character beyond ASCII has to be part of such a sequence: one 'ü' beside them, and nothing is touched.
    """
    if text.isascii() or not _TWICE.search(text):
        return text
    clear, matches, sure = 0, 0, False
    for found in _TWICE.finditer(text):
        clear += found.end() - found.start()
        matches += 1
        sure = sure or text[found.start()] in "\xc2\xc3\xe2"
    # 'CAFÉ…' is a word and an ellipsis: a rare lead counts only in company.
    if (not sure and matches < 3) or clear != len(_NON_ASCII.findall(text)):
        return text
    try:
        once = bytes(_BYTE[ord(char)] for char in text).decode("utf_8")
    except (KeyError, UnicodeError):
        return text
    return once
