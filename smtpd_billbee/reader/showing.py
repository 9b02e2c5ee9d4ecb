"""A mail's lines as a person sees them, numbered as the origins of a reading number them."""

from collections.abc import Iterator, Sequence

from smtpd_billbee.formats.mime import Letter, open_mail
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.reading import Part, Reading
from smtpd_billbee.model.shown import Shown, ShownLine
from smtpd_billbee.reader.html_sheet import rows_of_html
from smtpd_billbee.reader.reading import read
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.text_sheet import clean

DEEPEST = 5
MOST_LINES = 3000
LONGEST = 2000  # letters of a line


def shown(raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Shown:
    """The reading of a mail with the lines of the mail, or of the one within it, that it was read from."""
    reading = read(raw, taught)
    letters = [tuple(_lines(letter)) for letter in _letters(open_mail(raw), 0)]
    best = max(letters, key=lambda lines: _told(reading, lines), default=())
    return Shown(reading, best[:MOST_LINES])


def _letters(letter: Letter, depth: int) -> Iterator[Letter]:
    yield letter
    if depth < DEEPEST:
        for inner in letter.attached:
            yield from _letters(inner, depth + 1)


def _told(reading: Reading, lines: Sequence[ShownLine]) -> tuple[int, int]:
    """How many values of the reading stand in these lines, each at its place; and how many lines there are."""
    places = {(line.part, line.number): line.text for line in lines}
    found = sum(
        _first_words(origin.text) in _even(places.get((origin.part, origin.line or 1), ""))
        for origin in reading.provenance.values()
    )
    return found, len(lines) if not reading.provenance else 0


def _first_words(text: str) -> str:
    return _even(text)[:20]


def _even(text: str) -> str:
    return " ".join(text.split())


def _lines(letter: Letter) -> Iterator[ShownLine]:
    if letter.subject:
        yield ShownLine(Part.SUBJECT, 1, letter.subject[:LONGEST])
    texts = [body.text for body in letter.bodies if body.kind in ("text", "json")]
    yield from _of_text(Part.TEXT, "\n\n".join(texts))
    for body in letter.bodies:
        if body.kind != "html":
            continue
        rows = rows_of_html(body.text) if "<" in body.text else []
        if not rows:
            yield from _of_text(Part.HTML, body.text)
        for row in rows:
            yield from _of_row(Part.HTML, row)
    for body in letter.bodies:
        if body.kind != "attachment":
            continue
        if (body.name or "").lower().endswith((".html", ".htm")):
            for row in rows_of_html(body.text):
                yield from _of_row(Part.ATTACHMENT, row)
        else:
            yield from _of_text(Part.ATTACHMENT, body.text)


def _of_text(part: Part, text: str) -> Iterator[ShownLine]:
    for number, line in enumerate(clean(text).split("\n") if text else (), 1):
        if line.strip():
            yield ShownLine(part, number, line[:LONGEST])


def _of_row(part: Part, row: Row) -> Iterator[ShownLine]:
    for number in range(max((len(cell.lines) for cell in row.cells), default=0)):
        cells = [cell.lines[number] for cell in row.cells if number < len(cell.lines)]
        yield ShownLine(part, row.number + number, "  ".join(cells)[:LONGEST])
