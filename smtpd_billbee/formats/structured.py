"""Quoted strings and comments in structured headers (RFC 5322 3.2), found in one pass."""

import re

QUOTED = "\x01"  # stands for each letter of a quoted string; it is in no header that means well

_MARKS = re.compile(r'[\\"()]')


def masked(text: str) -> str | None:
    """The text, as long as before, with quoted strings hidden and comments blank; None: one of them never ends."""
    out: list[str] = []
    depth, quoted, at = 0, False, 0
    while found := _MARKS.search(text, at):
        out.append(_hidden(text[at : found.start()], quoted, depth))
        mark, at = found[0], found.end()
        if mark == "\\" and (quoted or depth):
            mark, at = text[found.start() : at + 1], min(at + 1, len(text))
        elif mark == '"' and not depth:
            quoted = not quoted
            out.append(QUOTED)
            continue
        elif mark == "(" and not quoted:
            depth += 1
        elif mark == ")" and not quoted:
            if depth == 0:
                return None
            depth -= 1
            out.append(" ")
            continue
        out.append(_hidden(mark, quoted, depth))
    return None if quoted or depth else "".join(out) + text[at:]


def pieces(text: str) -> list[str]:
    """A header's value without comments, cut at each semicolon; none if a quoted string or comment never ends."""
    hidden = masked(text)
    if hidden is None:
        return []
    found, at = [], 0
    for piece in hidden.split(";"):
        end = at + len(piece)
        found.append("".join(was if now == QUOTED else now for was, now in zip(text[at:end], piece, strict=True)))
        at = end + 1
    return found


def _hidden(text: str, quoted: bool, depth: int) -> str:
    if quoted:
        return QUOTED * len(text)
    return " " * len(text) if depth else text
