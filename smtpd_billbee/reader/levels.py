"""The levels of a mail: itself, mails attached to it, mails forwarded within its text.  The order is tried on each."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from smtpd_billbee.formats.forward_words import known_table
from smtpd_billbee.formats.forwards import Forward, find_forwards, strip_quotes
from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.reader.dates import Habit, find_moment
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.json_ld import scripts_of
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.text_sheet import clean, rows_of_lines, rows_of_text

DEEPEST = 5
_UNKNOWN = Habit()


@dataclass(frozen=True)  # no slots: the rows of the text are kept once somebody asked for them
class Level:
    """One mail as somebody wrote it: its plain text as lines, and the rows of its HTML (or of the attachment).

    `depth` 0 is the mail that came; `is_reply`: only quoted in an answer; `answers`: such an answer.
    """

    subject: str
    plain: tuple[str, ...]
    html: tuple[Row, ...]
    habit: Habit
    headers: Mapping[str, str]
    depth: int
    is_reply: bool = False
    answers: bool = False
    json_ld: tuple[str, ...] = ()
    attachment: bool = False

    @cached_property
    def text(self) -> tuple[Row, ...]:
        """The rows of the plain text."""
        return tuple(rows_of_lines(self.plain))

    @cached_property
    def lines(self) -> list[str]:
        """What a person reads, line by line."""
        return [row.text for row in (self.html or self.text)]


def levels_of(letter: Letter, depth: int = 0) -> Iterator[Level]:
    """The deepest first: attached mails, forwarded mails, then the mail as it came."""
    if depth < DEEPEST:
        for inner in letter.attached:
            yield from levels_of(inner, depth + 1)
    own = _own(letter, depth)
    forwards = _Forwards(own)
    forwarded = list(forwards.levels())
    yield from forwarded
    if any(level.is_reply for level in forwarded):
        yield forwards.without_quote()
    else:
        yield replace(own, is_reply=True) if not forwarded and _only_quotes(letter) else own
    for body in letter.bodies:
        if body.kind == "attachment":
            is_html = (body.name or "").lower().endswith((".html", ".htm"))
            rows = tuple(rows_of_html(body.text) if is_html else rows_of_text(body.text))
            yield replace(own, plain=(), html=rows, json_ld=(), attachment=True)


def _own(letter: Letter, depth: int) -> Level:
    """The mail itself."""
    texts = [body.text for body in letter.bodies if body.kind == "text"]
    htmls = [body.text for body in letter.bodies if body.kind == "html"]
    plain = clean("\n\n".join(texts)).split("\n") if texts else ()
    html: list[Row] = []
    for each in htmls:
        rows = rows_of_html(each)
        html += rows if len(rows) > 1 or "<" in each else rows_of_text(each)
    json_ld = tuple(script for each in htmls for script in scripts_of(each))
    return Level(letter.subject, tuple(plain), tuple(html), _habit(letter.date), letter.headers, depth, json_ld=json_ld)


def _habit(sent: str, outer: Habit = _UNKNOWN) -> Habit:
    """The habit by a mail's own date; '11/10/2024' in a forwarded one by the mail around it, or not at all."""
    moment = find_moment(sent, outer) if sent else None
    return Habit(date.fromisoformat(moment.text[:10])) if moment and not moment.vague else Habit()


class _Forwards:
    """The mails inside the text of a mail, found in its plain text and in its HTML."""

    def __init__(self, own: Level) -> None:
        self._own = own
        self._in_plain = find_forwards(own.plain, known_table(), own.subject) if own.plain else ()
        self._in_html = find_forwards([row.text for row in own.html], known_table(), own.subject) if own.html else ()

    def levels(self) -> Iterator[Level]:
        """The innermost first."""
        most = max(len(self._in_plain), len(self._in_html))
        pairs = list(itertools.zip_longest(self._in_plain, self._in_html))
        answered = next((number for number, pair in enumerate(pairs) if self._is_answer(pair[0] or pair[1])), most)
        for number in range(most - 1, -1, -1):
            in_plain, in_html = pairs[number]
            if found := in_plain or in_html:
                level = self._level(found, in_plain, in_html, self._own.depth + number + 1)
                yield replace(level, is_reply=True) if number >= answered else level

    def _is_answer(self, found: Forward | None) -> bool:
        """'WG: AW: Neue Bestellung 7': somebody else's answer was forwarded; the order in it is only quoted."""
        if found is None or not found.sender or not known_table().is_reply(found.subject):
            return False
        return found.sender.casefold() not in self._own.headers.get("from", "").casefold()

    def _level(self, found: Forward, in_plain: Forward | None, in_html: Forward | None, depth: int) -> Level:
        own = self._own
        habit = _habit(found.date, replace(own.habit, mixed=True)) if found.date else own.habit
        return Level(
            found.subject or own.subject,
            _cut(own.plain, in_plain) if in_plain else (),
            own.html[in_html.body :] if in_html else (),
            habit if habit.sent else own.habit,
            {"from": found.sender} if found.sender else {},
            depth,
            is_reply=found.is_reply,
            json_ld=own.json_ld,
        )

    def without_quote(self) -> Level:
        """An answer without the mail that it quotes."""
        own = self._own
        html = own.html[: self._in_html[0].first] if self._in_html else own.html
        plain = own.plain[: self._in_plain[0].first] if self._in_plain else own.plain
        return replace(own, html=html, plain=plain, answers=True)


def _cut(lines: Sequence[str], found: Forward) -> tuple[str, ...]:
    """The lines of a forwarded mail, each still at its own place."""
    body = lines[found.body :]
    return ("",) * found.body + tuple(strip_quotes(body) if found.quoted else body)


def _only_quotes(letter: Letter) -> bool:
    """An answer by its subject, with quoted lines that no sentence leads."""
    if not known_table().is_reply(letter.subject):
        return False
    texts = (body.text for body in letter.bodies if body.kind in ("text", "html"))
    return any("<blockquote" in text or "\n>" in text for text in texts)
