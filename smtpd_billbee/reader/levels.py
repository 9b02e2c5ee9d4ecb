"""The levels of a mail: itself, mails attached to it, mails forwarded within its text.  The order is tried on each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from smtpd_billbee.formats.forwards import Forward, find_forwards, known_table, strip_quotes
from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.reader.dates import Habit, find_moment
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.json_ld import scripts_of
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.text_sheet import clean, rows_of_text

DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Level:
    """One mail as somebody wrote it.  `depth` 0 is the mail that came; `is_reply`: only quoted in
    an answer; `answers`: such an answer."""

    subject: str
    text: tuple[Row, ...]
    html: tuple[Row, ...]
    habit: Habit
    headers: Mapping[str, str]
    depth: int
    is_reply: bool = False
    answers: bool = False
    json_ld: tuple[str, ...] = ()
    attachment: bool = False

    @property
    def lines(self) -> list[str]:
        """What a person reads, line by line."""
        return [row.text for row in (self.html or self.text)]


def levels_of(letter: Letter, depth: int = 0) -> Iterator[Level]:
    """The deepest first: attached mails, forwarded mails, then the mail as it came."""
    if depth < DEEPEST:
        for inner in letter.attached:
            yield from levels_of(inner, depth + 1)
    text, html, json_ld = _bodies(letter)
    habit = _habit(letter.date)
    own = Level(letter.subject, text, html, habit, letter.headers, depth, json_ld=json_ld)
    forwarded = list(_forwarded(letter, own))
    yield from forwarded
    if any(level.is_reply for level in forwarded):
        yield _without_quote(own, letter)
    else:
        yield replace(own, is_reply=True) if not forwarded and _only_quotes(letter) else own
    for body in letter.bodies:
        if body.kind == "attachment":
            rows = tuple(
                rows_of_html(body.text)
                if (body.name or "").lower().endswith((".html", ".htm"))
                else rows_of_text(body.text)
            )
            yield Level(letter.subject, rows, (), habit, letter.headers, depth, attachment=True)


def _bodies(letter: Letter) -> tuple[tuple[Row, ...], tuple[Row, ...], tuple[str, ...]]:
    texts = [body.text for body in letter.bodies if body.kind == "text"]
    htmls = [body.text for body in letter.bodies if body.kind == "html"]
    text = rows_of_text("\n\n".join(texts)) if texts else []
    html: list[Row] = []
    for each in htmls:
        rows = rows_of_html(each)
        html += rows if len(rows) > 1 or "<" in each else rows_of_text(each)
    return tuple(text), tuple(html), tuple(script for each in htmls for script in scripts_of(each))


def _habit(sent: str) -> Habit:
    moment = find_moment(sent, Habit()) if sent else None
    return Habit(date.fromisoformat(moment.text[:10])) if moment else Habit()


def _forwarded(letter: Letter, own: Level) -> Iterator[Level]:
    """The mails inside the text, the innermost first."""
    in_text = _cuts([body.text for body in letter.bodies if body.kind == "text"], own.subject)
    in_html = find_forwards([row.text for row in own.html], known_table(), own.subject) if own.html else []
    for number in range(max(len(in_text), len(in_html)) - 1, -1, -1):
        text_cut = in_text[number] if number < len(in_text) else None
        html_cut = in_html[number] if number < len(in_html) else None
        found = (text_cut[0] if text_cut else None) or html_cut
        if found is None:
            continue
        yield Level(
            found.subject or own.subject,
            text_cut[1] if text_cut else (),
            own.html[html_cut.body :] if html_cut else (),
            _habit(found.date) if found.date and _habit(found.date).sent else own.habit,
            {},
            own.depth + number + 1,
            is_reply=found.is_reply,
            json_ld=own.json_ld,
        )


def _only_quotes(letter: Letter) -> bool:
    """An answer by its subject, with quoted lines that no sentence leads."""
    if not known_table().is_reply(letter.subject):
        return False
    texts = (body.text for body in letter.bodies if body.kind in ("text", "html"))
    return any("<blockquote" in text or "\n>" in text for text in texts)


def _without_quote(own: Level, letter: Letter) -> Level:
    """An answer without the mail that it quotes."""
    in_html = find_forwards([row.text for row in own.html], known_table(), own.subject) if own.html else ()
    cuts = _cuts([body.text for body in letter.bodies if body.kind == "text"], own.subject)
    html = own.html[: in_html[0].first] if in_html else own.html
    text = tuple(row for row in own.text if row.number <= cuts[0][0].first) if cuts else own.text
    return replace(own, html=html, text=text, answers=True)


def _cuts(texts: Sequence[str], subject: str) -> list[tuple[Forward, tuple[Row, ...]]]:
    if not texts:
        return []
    lines = clean("\n\n".join(texts)).split("\n")
    result = []
    for found in find_forwards(lines, known_table(), subject):
        body = lines[found.body :]
        if found.quoted:
            body = list(strip_quotes(body))
        result.append((found, tuple(rows_of_text("\n" * found.body + "\n".join(body)))))
    return result
