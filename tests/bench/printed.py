"""What a bench has printed: its table, and what it could not measure."""

from collections.abc import Sequence
from dataclasses import dataclass

_LINES = "│┃"
OURS = "smtpd_billbee"


@dataclass(frozen=True, slots=True)
class Printed:
    """The first table of a bench: the line above it, and its rows by the names of the columns."""

    title: str
    rows: tuple[dict[str, str], ...]


def table_in(lines: Sequence[str]) -> Printed | None:
    """The first table in these lines; None: there is none."""
    title, head, rows = "", list[str](), list[dict[str, str]]()
    for line in lines:
        text = line.strip()
        if text[:1] in _LINES and text:
            cells = [cell.strip() for cell in text.strip(_LINES).replace("┃", "│").split("│")]
            if head:
                rows.append(dict(zip(head, cells, strict=True)))
            else:
                head = cells
        elif not head and text and text[0] not in "┏┡":
            title = text
        elif text.startswith("└"):
            break
    return Printed(title, tuple(rows)) if rows else None


def left_out(lines: Sequence[str]) -> list[str]:
    """The lines that say what was not measured, and why."""
    return [line.strip() for line in lines if "is not measured" in line or "not installed" in line]


def has_failed(lines: Sequence[str]) -> bool:
    """Whether a bench that ended well has measured nothing, or not what it is about: ourselves."""
    return table_in(lines) is None or any(OURS in line for line in left_out(lines))
