"""Does the text part of a mail only repeat what its HTML says?

Shops write a mail twice, as text and as HTML, and both are read and compared, since one may say what the other does
not.  Where the text has no word and no number of its own, and the same amounts in the same order, it can neither add
to an order nor contradict it; then reading it would only cost time.
"""

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+(?:[.,'’]\d+)*")


def repeats(text: Sequence[str], html: Sequence[str]) -> bool:
    """Whether everything in the lines of the text stands in those of the HTML, too: every word, and every number.

    Numbers of one or two digits, as quantities are, must stand in both as often; longer ones no more often in the
    text; and amounts with two decimals in the same order.  Lines that are the same in both need no look.
    """
    own, other = _without_common(text, html)
    ours, theirs = _NUMBER.findall(own), _NUMBER.findall(other)
    counted, there = Counter(ours), Counter(theirs)
    if any(count > there[number] for number, count in counted.items()):
        return False
    if any(len(number) <= 2 and counted[number] != count for number, count in there.items()):
        return False
    if not _in_order(_amounts(ours), _amounts(theirs)):
        return False
    words = set(_WORD.findall(own))
    return words <= set(_WORD.findall(other)) or {word.casefold() for word in words} <= set(
        _WORD.findall("\n".join(html).casefold())
    )


def _without_common(text: Sequence[str], html: Sequence[str]) -> tuple[str, str]:
    """What is left of both when each line of the text has taken one of the HTML that is the same."""
    left = Counter(html)
    own = []
    for line in text:
        bare = line.strip()
        if left.get(bare):
            left[bare] -= 1
        else:
            own.append(bare)
    return "\n".join(own), "\n".join(left.elements())


def _amounts(numbers: list[str]) -> list[str]:
    return [each for each in numbers if each[-3:-2] in (".", ",")]


def _in_order(some: list[str], all_: list[str]) -> bool:
    rest = iter(all_)
    return all(each in rest for each in some)
