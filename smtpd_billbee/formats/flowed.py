"""format=flowed (RFC 3676): lines that a mailer wrapped become the lines that were written."""

import re

_QUOTED = re.compile(r">*")
SIGNATURE = "-- "


def unwrapped(text: str, del_sp: bool) -> str:
    """Paragraphs on one line each.  Quoted lines keep their marks, as '>> ' in front of the paragraph.

    Only lines of the same quote depth belong together (RFC 3676 4.5); '-- ' is never wrapped (4.3).
    """
    done: list[str] = []
    parts: list[str] = []
    depth = 0
    for raw_line in text.split("\n"):
        marks = len(_QUOTED.match(raw_line)[0])  # type: ignore[index]  # the pattern matches everywhere
        line = raw_line[marks:]
        if line.startswith(" "):  # 4.4: space-stuffing
            line = line[1:]
        if parts and (marks != depth or line == SIGNATURE):
            done.append(_joined(parts, depth))
            parts = []
        depth = marks
        if line.endswith(" ") and line != SIGNATURE:
            parts.append(line[:-1] if del_sp else line)
            continue
        parts.append(line)
        done.append(_joined(parts, depth))
        parts = []
    if parts:
        done.append(_joined(parts, depth))
    return "\n".join(done)


def _joined(parts: list[str], depth: int) -> str:
    return ">" * depth + (" " if depth else "") + "".join(parts)
