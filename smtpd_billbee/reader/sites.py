"""The sites that a mail names: in its words, and where its links go."""

import functools
import re
from collections.abc import Iterable

from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.reader.words import REMEMBERED

MOST = 50  # sites of one mail
LONGEST_LINE = 4_000
LONGEST_HTML = 500_000

_HOST = re.compile(
    r"(?:https?://)?(?P<host>(?:[\w](?:[\w-]{0,61}[\w])?\.){1,5}[^\W\d_][\w-]{1,22})(?=[/:\s,;.!?)\]>（）\u3000-\u9fff]|$)(?!@)"
)
_DOTTED = re.compile(r"[^\W_]\.[^\W_]")
_LINK = re.compile(r"\bhref\s{0,3}=\s{0,3}[\"']?\s{0,3}(?:https?:)?//([^\s\"'/?#<>:]{1,253})", re.IGNORECASE)


def sites_of(lines: Iterable[str], letter: Letter) -> frozenset[str]:
    """The hosts in these lines and in the letter's links, in small letters."""
    found: dict[str, None] = {}
    for line in lines:
        found |= dict.fromkeys(hosts_in_line(line))
    for body in letter.bodies:
        if body.kind == "html":
            found |= dict.fromkeys(host.lower() for host in _LINK.findall(body.text[:LONGEST_HTML]))
    return frozenset(list(found)[:MOST])


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
        if "://" not in each[0] and each["host"].rsplit(".", 1)[-1].istitle():
            continue  # 'Guten Tag.Danke': a full stop without its blank
        if "://" not in each[0] and not host.startswith("www.") and (len(label) < 2 or not _looks_like_domain(host)):
            continue
        found.append(host)
    return tuple(found)


_FILE_ENDINGS = frozenset(["nr", "html", "htm", "php", "jpg", "png", "gif", "pdf", "csv", "xlsx", "docx"])


def _looks_like_domain(host: str) -> bool:
    parts = host.split(".")
    return (
        len(parts) >= 2
        and len(parts[-2]) >= 3
        and not parts[-2].isdigit()
        and parts[-1] not in _FILE_ENDINGS
        and all(not part[0].isdigit() or len(part) > 3 for part in parts[-2:])
    )
