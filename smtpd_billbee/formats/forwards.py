"""Inline forwards: where in a text the headers of a forwarded mail stand, as mail clients write them.

A block of header lines in any order, under a separator or without one; forwards.toml has the words of the clients.
Quote marks, '*' of bold type, no-break and zero-width characters do not hide a header.  Nothing is cut here: the caller
gets places and decides, so that a wrong guess loses no order.  Linear: each line starts at most one look at the few
lines behind it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from smtpd_billbee.formats.forward_people import person, person_of_lead
from smtpd_billbee.formats.forward_words import (
    CC,
    CLEANED,
    DASHES,
    FROM,
    INVISIBLE,
    OTHER,
    REPLY_TO,
    SENT,
    SUBJECT,
    TO,
    ForwardTable,
    folded,
)

WINDOW = 14  # header lines, wrapped ones and all; more only for long lists of recipients
MAX_RECIPIENT_LINES = 60
MAX_DEPTH = 5
_LONGEST_LINE = 4_000  # of a longer one only this much is looked at
_GAP = 3  # empty lines between a separator and its headers


_MARKS = re.compile(r"[ \t\xa0\ufeff]*(?:>[ \t\xa0\ufeff]*)+")
# Each choice begins with a letter of its own, not a set: so the search looks for all of them at once.
_INTERESTING = re.compile(r":|：|--|__|——|––|‐‐|==|\*\*|~~")
_DASH_RUN = re.compile(_INTERESTING.pattern.removeprefix(":|：|"))
_AROUND_LABELS = " \t\r>*_|\xa0" + "".join(map(chr, INVISIBLE))
_INNER_DASHES = re.compile(r"\s*[-—–‐―=_]{3,}\s*")
_LABEL = re.compile(r"[*_ ]{0,4}([^:：*]{1,30}?)[*_ ]{0,4}[:：][*_ ]{0,4}")
_RUN_TOGETHER = re.compile(r"\s{0,9}[-—–‐]{3,}\s{0,9}([^-—–‐]{3,60}?)\s{0,9}[-—–‐]{3,}\s*(?=\S)")
_COLON = re.compile(r" ?[:：]")
_MAX_COLONS = 40
_UNKNOWN_HEADER = re.compile(r"[A-Z][\w-]{2,30}:\s")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{4}年|\d年")


@dataclass(frozen=True, slots=True)
class Forward:
    """A forwarded mail inside of a text.

    `first` is the line of the separator, or of the first header; `body` the first line of the forwarded text, or the
    number of lines if there is none.  `quoted`: lines carry '>' that strip_quotes() takes off.  `separator`: a line
    says that this is a forwarded or original mail.  `is_reply`: the block quotes what is answered, as far as the outer
    subject and the words tell.
    """

    first: int
    body: int
    sender_name: str
    sender: str
    subject: str
    date: str
    quoted: bool
    separator: bool
    is_reply: bool = False


def find_forward(lines: Sequence[str], table: ForwardTable, start: int = 0, subject: str = "") -> Forward | None:
    """The first forwarded mail at or behind line `start`; `subject` is that of the mail around it."""
    return _Search(lines, table, subject).first_from(start)


def find_forwards(lines: Sequence[str], table: ForwardTable, subject: str = "") -> tuple[Forward, ...]:
    """The forwarded mail, the one inside of it, and so on: each is looked for in the text of the one before."""
    found: list[Forward] = []
    search = _Search(lines, table, subject)
    start = 0
    while len(found) < MAX_DEPTH and (forward := search.first_from(start)):
        found.append(forward)
        start, search.subject = forward.body, forward.subject
    return tuple(found)


def strip_quotes(lines: Sequence[str]) -> list[str]:
    """The lines without their quote marks, also those of quotes in quotes."""
    return [_MARKS.sub("", line, count=1) if ">" in line and _MARKS.match(line) else line for line in lines]


@dataclass(frozen=True, slots=True)
class _Line:
    depth: int
    text: str
    kinds: frozenset[str] = frozenset()
    value: str = ""


@dataclass(slots=True)
class _Block:
    """Header lines that were read: the values by kind, and the line behind them."""

    values: dict[str, str]
    end: int
    quoted: bool = False


_NOTHING = _Line(0, "")


class _Search:
    """A look through the lines, each of which is cleaned once."""

    def __init__(self, lines: Sequence[str], table: ForwardTable, subject: str) -> None:
        self.lines = lines
        self.table = table
        self.subject = subject
        self._cleaned: dict[int, _Line] = {}

    def first_from(self, start: int) -> Forward | None:
        search = _INTERESTING.search
        for at in range(start, len(self.lines)):
            raw = self.lines[at]
            sign = search(raw, 0, _LONGEST_LINE)
            if sign and self._may_begin(raw, sign) and (found := self._at(at, start)):
                return found
        return None

    def _may_begin(self, raw: str, found: re.Match[str]) -> bool:
        """A quick look that passes over most lines of an order: no known label, no dashes, no colon at the end."""
        head = raw[: found.start()].strip(_AROUND_LABELS)
        if (
            found[0] not in (":", "：")
            or head.casefold() in self.table.labels
            or not head.isprintable()
            or "  " in head
        ):
            return True
        return (
            raw[-80:].rstrip(_AROUND_LABELS)[-1:] in (":", "：") or _DASH_RUN.search(raw, 0, _LONGEST_LINE) is not None
        )

    def _at(self, at: int, start: int) -> Forward | None:
        line = self.line(at)
        if FROM in line.kinds or SENT in line.kinds or SUBJECT in line.kinds or TO in line.kinds:
            block = (self._run_together(at, line.text) if FROM in line.kinds else None) or self._block(at)
            if block and _is_convincing(block.values):
                return self._forward(self._rule_above(at, start), block, separator=False)
        elif self._is_separator(line.text):
            return self._under_separator(at)
        elif found := _RUN_TOGETHER.match(line.text):
            return self._behind_separator(at, line.text[found.end() :]) if self._names(found[1]) else None
        return self._lead(at, start)

    def line(self, at: int) -> _Line:
        if at >= len(self.lines):
            return _NOTHING
        if at not in self._cleaned:
            self._cleaned[at] = self._read(self.lines[at][:_LONGEST_LINE])
        return self._cleaned[at]

    def _read(self, raw: str) -> _Line:
        marks = _MARKS.match(raw) if ">" in raw else None
        text = raw[marks.end() :] if marks else raw
        text = (text if text.isascii() and text.isprintable() else text.translate(CLEANED)).strip()
        depth = marks[0].count(">") if marks else 0
        found = _LABEL.match(text)
        kinds = self.table.labels.get(folded(found[1])) if found else None
        if found and kinds:
            return _Line(depth, text, kinds, text[found.end() :].strip())
        return _Line(depth, text)

    def _is_separator(self, text: str) -> bool:
        """'-----Original Message-----' and 'Begin forwarded message:', but not a sentence that has the words."""
        if not 4 <= len(text) <= 160 or (text[0] not in DASHES and text[-1] not in DASHES):
            return False
        inner = text.strip(DASHES)
        pieces = _INNER_DASHES.split(inner)[:4] if text[0] in DASHES and text[-1] in DASHES else ()
        return self._names(inner) or any(self._names(piece) for piece in pieces)

    def _names(self, text: str) -> bool:
        key = folded(text)
        return key in self.table.separators or any(key.startswith(lead + " ") for lead in self.table.leads)

    def _under_separator(self, at: int) -> Forward | None:
        behind = self._next_text(at + 1, _GAP)
        line = self.line(behind)
        if line.kinds:
            block = self._run_together(behind, line.text) or self._block(behind)
            if block and FROM in block.values and len(block.values) >= 2:
                return self._forward(at, block, separator=True)
            return None
        return self._lead_behind(at, behind)

    def _behind_separator(self, at: int, rest: str) -> Forward | None:
        """Headers on the line of the separator: all of them, or the first."""
        if block := self._run_together(at, rest):
            return self._forward(at, block, separator=True)
        line = self.line(at)
        self._cleaned[at] = replace(self._read(rest), depth=line.depth)
        block = self._block(at) if self._cleaned[at].kinds else None
        if block and FROM in block.values and len(block.values) >= 2:
            return self._forward(at, block, separator=True)
        self._cleaned[at] = line
        return None

    def _rule_above(self, at: int, start: int) -> int:
        """The line of underscores or dashes that Outlook draws above its headers belongs to them."""
        above = at - 1
        while above >= max(start, at - 2) and not self.line(above).text:
            above -= 1
        text = self.line(above).text if above >= start else ""
        return above if len(text) >= 5 and not text.strip("_-—–") else at

    def _next_text(self, at: int, gap: int) -> int:
        end = min(at + gap + 1, len(self.lines))
        while at < end and not self.line(at).text:
            at += 1
        return at

    def _block(self, first: int) -> _Block | None:
        """Header lines from here on, of one quote depth; empty lines between them only if between all of them."""
        values: dict[str, str] = {}
        kind, at, used, recipients = "", first, 0, 0
        double = False
        depth = self.line(first).depth
        while at < len(self.lines) and used < WINDOW:
            line = self.line(at)
            if not line.text:
                following = self._next_text(at, _GAP)
                if not (double or len(values) == 1 or not values.get(kind)) or not self._goes_on(
                    following, depth, values, kind
                ):
                    break
                double, at = True, following
                continue
            if line.depth != depth:
                break
            new = _new_kind(line.kinds, values)
            if new:
                kind, values[new] = new, line.value
            elif (line.kinds and OTHER not in line.kinds) or not self._is_wrapped(at, kind, values, depth):
                break
            elif not _UNKNOWN_HEADER.match(line.text):
                values[kind] = f"{values[kind]} {line.text}".strip()
            at += 1
            if kind in (TO, CC) and not new and recipients < MAX_RECIPIENT_LINES:
                recipients += 1
            else:
                used += 1
        return _Block(values, at, depth > 0) if values else None

    def _goes_on(self, at: int, depth: int, values: dict[str, str], kind: str) -> bool:
        line = self.line(at)
        if line.depth != depth or not line.text:
            return False
        return bool(_new_kind(line.kinds, values)) or (not line.kinds and kind != SUBJECT and not values.get(kind))

    def _is_wrapped(self, at: int, kind: str, values: dict[str, str], depth: int) -> bool:
        """Does this line, which begins with no label, belong to the header above?"""
        value = values[kind]
        if not value or value[-1] in ",;<" or (kind in (FROM, TO, CC) and value.count("<") > value.count(">")):
            return True
        for behind in (at + 1, at + 2):  # one or two wrapped lines, and the headers go on
            line = self.line(behind)
            if not line.text or line.depth != depth:
                break
            if _new_kind(line.kinds, values):
                return True
        # A long subject at the end: its second line stands alone.
        whole = len(self.lines[at - 1]) >= 65 and not self.line(at + 1).text
        return kind == SUBJECT and whole and len(values) >= 3 and ":" not in self.line(at).text

    def _run_together(self, at: int, text: str) -> _Block | None:
        """All headers on one line, as Yahoo writes them and as HTML loses its line ends."""
        if "@" not in text:
            return None
        values: dict[str, str] = {}
        kind, value_at = "", 0
        for begin, end, kinds in self._labels_inside(text):
            new = _new_kind(kinds, values)
            if not new:
                continue
            if kind:
                values[kind] = text[value_at:begin].strip(" *")
            elif text[:begin].strip(" *"):
                return None
            kind, value_at = new, end
            values[kind] = ""
        if len(values) < 3:
            return None
        values[kind] = text[value_at:].strip(" *")
        if SUBJECT not in values and (bare := self.table.bare_subjects.search(values[kind])):
            values[SUBJECT], values[kind] = values[kind][bare.end() :].strip(), values[kind][: bare.start()].strip()
        return _Block(values, at + 1, self.line(at).depth > 0)

    def _labels_inside(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        """Where labels begin and their values; a label begins where no small letter is before it: 'METSubject:'."""
        for colon in islice(_COLON.finditer(text), _MAX_COLONS):
            end = colon.start()
            for begin in range(max(0, end - self.table.longest_label), end):
                if text[begin:end] in self.table.written and not text[begin - 1 : begin].islower():
                    yield begin, colon.end(), self.table.labels[folded(text[begin:end])]
                    break

    def _lead_behind(self, separator: int, at: int) -> Forward | None:
        """A separator, and then 'On Monday, somebody wrote:' in place of headers."""
        for end in range(at, min(at + 3, len(self.lines))):
            lead = self._lead(end, at)
            if lead and lead.first == at:
                return Forward(
                    separator,
                    lead.body,
                    lead.sender_name,
                    lead.sender,
                    "",
                    lead.date,
                    lead.quoted,
                    True,
                    is_reply=False,
                )
        return None

    def _lead(self, end: int, start: int) -> Forward | None:
        """'Am 02.03.26 um 10:00 schrieb Shop <a@b>:', also wrapped into three lines; `end` is its last line."""
        last = self.line(end)
        if last.text[-1:] not in (":", "：") or len(last.text) > 400:
            return None
        text = ""
        for first in range(end, max(start, end - 2) - 1, -1):
            line = self.line(first)
            if not line.text or line.depth != last.depth or line.kinds or len(line.text) > 400:
                return None
            if first < end and line.text[-1] in ":：.!?":  # what stands there has ended
                return None
            text = f"{line.text} {text}" if text else line.text
            if (date := _YEAR.search(text)) and (verb := self.table.verbs.search(text)):
                return self._of_lead(first, end, text, date[0], verb)
        return None

    def _of_lead(self, first: int, end: int, text: str, date: str, verb: re.Match[str]) -> Forward:
        name, sender = person_of_lead(text, verb)
        body = self._next_text(end + 1, len(self.lines))
        quoted = self.line(first).depth > 0 or self.line(body).depth > 0
        is_reply = not self.table.is_forward(self.subject)
        return Forward(first, body, name, sender, "", date, quoted, False, is_reply)

    def _forward(self, first: int, block: _Block, separator: bool) -> Forward:
        name, sender = person(block.values.get(FROM, ""))
        body = self._next_text(block.end, len(self.lines))
        return Forward(
            first=first,
            body=body,
            sender_name=name,
            sender=sender,
            subject=block.values.get(SUBJECT, "").strip(" *"),
            date=block.values.get(SENT, "").strip(" *"),
            quoted=block.quoted or self.line(body).depth > 0,
            separator=separator,
            is_reply=not separator and self.table.is_reply(self.subject),
        )


def _new_kind(kinds: frozenset[str], values: Mapping[str, str]) -> str:
    """What a label says here: some mean two things ('Data'), and each header is there once."""
    return next(
        (kind for kind in (FROM, SENT, TO, SUBJECT, CC, REPLY_TO, OTHER) if kind in kinds and kind not in values), ""
    )


def _is_convincing(values: Mapping[str, str]) -> bool:
    """Without a separator: three headers, an author with an address, and what a client never leaves out."""
    if len(values.keys() - {OTHER}) < 3 or FROM not in values or not (SENT in values or SUBJECT in values):
        return False
    return bool(person(values[FROM])[1]) and (SENT in values) + (SUBJECT in values) + (TO in values) >= 2
