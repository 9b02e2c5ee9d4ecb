"""What a bench prints is read again: its table, and what it left out; the picture says the same numbers."""

import io
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table

from tests.bench.picture import bars_of, picture
from tests.bench.printed import Printed, has_failed, left_out, table_in

ROWS = (
    ("Postfix, pipe(8) to a script", "new", "33", "8"),
    ("Postfix, pipe(8) to a script", "reused", "40", "9"),
    ("smtpd_billbee (all roles)", "new", "80", "72"),
)


def printed() -> list[str]:
    """As a bench prints it."""
    table = Table(title="60 order mails of 8 KiB", caption="the reader alone: 4.1 ms")
    for column in ("server", "connections", "accepted/s", "orders/s"):
        table.add_column(column)
    for row in ROWS:
        table.add_row(*row)
    out = io.StringIO()
    Console(file=out, width=120).print(table)
    return out.getvalue().splitlines()


def test_table_in():
    """Title, columns and cells; nothing where nothing stands."""
    found = table_in(["Postfix, LMTP is not measured: Postfix is not installed", *printed()])

    assert found is not None
    assert "60 order mails of 8 KiB" == found.title
    assert ROWS == tuple(tuple(row.values()) for row in found.rows)
    assert None is table_in(["nothing"])


def test_left_out():
    """A peer that is not there is no failure; that we do not start is one, and so is a bench without a table."""
    peer = "Postfix (discard) is not measured: Postfix is not installed"
    ours = "smtpd_billbee (all roles) is not measured: smtpd-billbee serve ended"

    assert [peer] == left_out([peer, *printed()])
    assert [False, True, True] == [has_failed(lines) for lines in ([peer, *printed()], [ours, *printed()], [peer])]


def test_picture():
    """Title and description for those who hear it, each number as text, bars in proportion from zero."""
    found = table_in(printed())
    assert found is not None
    root = ElementTree.fromstring(picture(found, 2))
    names = {"svg": "http://www.w3.org/2000/svg"}
    texts = [each.text or "" for each in root.findall("svg:text", names)]
    widths = [float(each.get("width", "")) for each in root.findall("svg:rect", names)]

    assert "img" == root.get("role")
    assert "72, new connections" in (root.findtext("svg:desc", "", names))
    assert {"8, new connections", "9, reused connections", "72, new connections"} <= set(texts)
    assert [round(each / widths[-1], 2) for each in widths] == [round(each / 72, 2) for each in (8, 9, 72)]
    assert "prefers-color-scheme: dark" in root.findtext("svg:style", "", names)


def test_bars_of():
    """The slowest server first, its lines together."""
    rows = [{"server": name, "connections": "new", "orders/s": rate} for name, rate in (("b", "5"), ("a", "2"))]

    assert ["a", "b"] == [bar.server for bar in bars_of(Printed("", tuple(rows)))]
