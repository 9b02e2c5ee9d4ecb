"""What a mail that asks for a confirmation wants: the code to enter, or the link to follow.

Gmail, Outlook, GMX and others ask before they forward mails to an import address, Jimdo before it sends orders there;
nobody but the owner may answer.  He is shown the code and the link with its host, and decides.  A link that looks like
phishing is not shown: no https, an address in numbers, a name before an @, letters that only look Latin, or words that
name another host than the link goes to.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.reader.html_sheet import rows_of_html

LONGEST = 200_000  # letters of a body
LONGEST_LINK = 2_000

_URL = re.compile(r"https?://[^\s<>\"'\]]{1,2000}", re.IGNORECASE)
_ANCHOR = re.compile(
    r"<a\s[^>]{0,400}?href\s{0,3}=\s{0,3}(?:\"([^\"]{1,2000})\"|'([^']{1,2000})')[^>]{0,400}>", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,600}>")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24}")
_NAMED_HOST = re.compile(r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?=[/:?#\s]|$)", re.IGNORECASE)

_CODE_WORD = re.compile(
    r"best[äa]tigungscode|freischaltcode|aktivierungscode|verifizierungscode|confirmation code|verification code"
    r"|activation code|security code|code de (?:confirmation|v[ée]rification)|c[óo]digo de (?:confirma|verifica)\w{1,6}"
    r"|codice di (?:conferma|verifica)|bevestigingscode|verificatiecode|kod (?:potwierdz|weryfik)\w{1,8}"
    r"|код подтверждения|確認コード|验证码|確認碼|确认码|\b(?:code|pin|tan|код)(?=\s?[:：])",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"(?<![\w/.=%-])(?:\d{2,4}(?:[ -]\d{2,4}){1,3}|\d{4,12}|(?=[A-Z]{0,9}\d)[A-Z0-9]{5,12})(?![\w/%@]|\.\d)"
)
_CODE_IN_SUBJECT = re.compile(r"\(#(\d{6,12})\)")  # Gmail

_YES = re.compile(
    r"confirm|best[äa]e?tig|verif|activat|aktivier|freischalt|validat|valider|conferm|bevestig|potwierd|подтверд|確認|确认"
    r"|激活|/vf-|optin|opt-in|weiterleit|forward",
    re.IGNORECASE,
)
_NO = re.compile(
    r"cancel|abbrechen|ablehn|reject|decline|widerruf|deny|/uf-|unsubscri|abmeld|abbestell|d[ée]sabonn|annul|support|help|hilfe"
    r"|privacy|datenschutz|impressum|imprint|\.(?:png|jpe?g|gif|svg|css)(?:$|\?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the owner needs; `host` is where the link goes to."""

    code: str | None = None
    link: str | None = None
    host: str | None = None


def link_or_code(letter: Letter) -> Confirmation | None:
    """The code and the link of a mail that asks for a confirmation; None if it has neither."""
    lines = list(_lines(letter))
    code = _code(letter.subject, lines)
    link = _link(letter, lines)
    if link is None:
        return Confirmation(code) if code else None
    return Confirmation(code, link, urlsplit(link).hostname)


def _lines(letter: Letter) -> Iterator[str]:
    for body in letter.bodies:
        text = body.text[:LONGEST]
        if body.kind == "html":
            yield from (row.text for row in rows_of_html(text))
        elif body.kind == "text":
            yield from text.split("\n")


def _code(subject: str, lines: list[str]) -> str | None:
    """The code behind the words that announce it, on their line or alone on one of the next two."""
    for index, line in enumerate(lines):
        said = _CODE_WORD.search(line)
        if said is None:
            continue
        if found := _CODE.search(_URL.sub(" ", line[said.end() :])):
            return found[0]
        below = [each.strip() for each in lines[index + 1 : index + 4] if each.strip()][:2]
        if alone := next((each for each in below if _CODE.fullmatch(each)), None):
            return alone
    found = _CODE_IN_SUBJECT.search(subject)
    return found[1] if found else None


def _link(letter: Letter, lines: list[str]) -> str | None:
    """The link that says yes: by its own words or by those that it is shown with."""
    best: tuple[int, str] | None = None
    for url, words in (*_anchors(letter), *_urls(lines)):
        if not _is_decent(url, words) or _NO.search(url) or _NO.search(words):
            continue
        weight = 2 * bool(_YES.search(words)) + bool(_YES.search(url))
        if weight and (best is None or weight > best[0]):
            best = weight, url
    return best[1] if best else None


def _anchors(letter: Letter) -> Iterator[tuple[str, str]]:
    """Each link of the HTML with the words that one clicks on."""
    for body in letter.bodies:
        if body.kind != "html":
            continue
        text = body.text[:LONGEST]
        for found in _ANCHOR.finditer(text):
            end = text.find("</a", found.end(), found.end() + 2_000)
            inner = text[found.end() : end] if end >= 0 else ""
            words = " ".join(html.unescape(_TAG.sub(" ", inner)).split())
            yield html.unescape(found[1] or found[2]).strip(), words


def _urls(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Each link of the text with the words above it, which say what it is for."""
    above = ""
    for line in lines:
        for found in _URL.finditer(line):
            words = line[max(0, found.start() - 200) : found.start()].strip() or above
            yield found[0].rstrip(".,;:!?)>*_"), _NAMED_HOST.sub(" ", words[-200:])
        above = line.strip() or above


def _is_decent(url: str, words: str) -> bool:
    """Whether the link goes where it seems to go."""
    parts = _split(url)
    if (
        parts is None
        or parts.scheme != "https"
        or len(url) > LONGEST_LINK
        or not url.isascii()
        or not url.isprintable()
    ):
        return False
    host = parts.hostname or ""
    if "@" in parts.netloc or not _HOST.fullmatch(host) or "xn--" in host:
        return False
    named = _NAMED_HOST.match(words)
    return named is None or named[1].lower().removeprefix("www.") == host.removeprefix("www.")


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port in (None, 443) else None
    except ValueError:
        return None
