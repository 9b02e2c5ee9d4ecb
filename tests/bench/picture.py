"""The table of the whole way as a picture: bars from zero, every number as text, for light and for dark pages.

SVG 1.1 with <title> and <desc>, which screen readers read out; the colours follow the reader's choice by
`prefers-color-scheme`, which holds in a picture of a README, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tests.bench.printed import OURS, Printed

WIDTH, LEFT, RIGHT, TOP = 820, 270, 190, 62  # pixels; names stand left of the bars, numbers right of them
BAR, GAP, GROUP_GAP = 20, 4, 14
TITLE = "Orders a second, from the first connection until each mail is an order"
BELOW = "The others read this one layout and check nothing; ours reads any and sends copies."
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 16px }
.small { font-size: 12px; fill: #57606a }
.ours { font-weight: 600 }
rect { fill: #8c959f }
rect.ours { fill: #0a6cc4 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .small { fill: #9da7b1 }
  rect { fill: #6e7681 }
  rect.ours { fill: #4aa3f0 }
}
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table."""

    server: str
    connections: str
    orders: float

    @property
    def is_ours(self) -> bool:
        return OURS in self.server

    @property
    def name(self) -> str:
        return "smtpd-billbee, with everything" if self.is_ours else self.server

    @property
    def words(self) -> str:
        return f"{self.orders:g}, {self.connections} connections"


def bars_of(printed: Printed) -> list[Bar]:
    """What is drawn, the slowest server first."""
    bars = [Bar(row["server"], row["connections"], float(row["orders/s"])) for row in printed.rows]
    best = {bar.server: max(each.orders for each in bars if each.server == bar.server) for bar in bars}
    return sorted(bars, key=lambda bar: (best[bar.server], bar.server))


def picture(printed: Printed, cores: int) -> str:
    """The whole file."""
    bars = bars_of(printed)
    servers = len({bar.server for bar in bars})
    height = TOP + len(bars) * (BAR + GAP) + servers * GROUP_GAP + 28
    root = Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH),
         "height": str(height), "role": "img", "aria-labelledby": "title desc"},
    )  # fmt: skip
    SubElement(root, "title", id="title").text = TITLE
    SubElement(root, "desc", id="desc").text = f"{_said(bars)} {_how(printed, cores)}"
    SubElement(root, "style").text = STYLE
    _text(root, 0, 20, TITLE, "title")
    _text(root, 0, 42, _how(printed, cores), "small")
    _bars(root, bars)
    _text(root, 0, height - 8, BELOW, "small")
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _how(printed: Printed, cores: int) -> str:
    return f"{printed.title}; {cores} cores, senders on the same machine, one run."


def _said(bars: Iterable[Bar]) -> str:
    """The same in a sentence for each server."""
    by_server = groupby(bars, key=lambda bar: bar.name)
    return " ".join(f"{name}: {'; '.join(bar.words for bar in some)}." for name, some in by_server)


def _bars(root: Element, bars: list[Bar]) -> None:
    scale = (WIDTH - LEFT - RIGHT) / max(bar.orders for bar in bars)
    y, before = TOP - GROUP_GAP, ""
    for bar in bars:
        kind = "ours" if bar.is_ours else ""
        if bar.server != before:
            y, before = y + GROUP_GAP, bar.server
            _text(root, 0, y + 15, bar.name, kind)
        length = max(1.0, bar.orders * scale)
        place = {"x": str(LEFT), "y": str(y), "width": f"{length:.1f}", "height": str(BAR), "rx": "2"}
        SubElement(root, "rect", place | ({"class": kind} if kind else {}))
        _text(root, round(LEFT + length + 8), y + 15, bar.words, kind)
        y += BAR + GAP


def _text(root: Element, x: int, y: int, words: str, kind: str) -> None:
    place = {"x": str(x), "y": str(y)} | ({"class": kind} if kind else {})
    SubElement(root, "text", place).text = words
