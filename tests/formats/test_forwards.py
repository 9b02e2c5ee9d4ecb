"""Inline forwards: found as each mail client writes them, and nothing taken for one that is none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smtpd_billbee.formats.forward_people import person
from smtpd_billbee.formats.forward_words import ForwardWords, build, known_table, known_words
from smtpd_billbee.formats.forwards import Forward, find_forward, find_forwards, strip_quotes
from tests.corpora import corpus
from tests.pace import LINEAR, growth

FIXTURES = sorted((Path(__file__).parent / "forwards").glob("*.txt"))
TABLE = known_table()
BLOCK = [
    "Von: Shop <shop@example.org>",
    "Gesendet: Montag",
    "An: laden@example.org",
    "Betreff: Bestellung",
    "",
    "Hallo",
]


def _case(path: Path) -> tuple[dict[str, str], list[str]]:
    head, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
    facts = dict(line.split(":", 1) for line in head.splitlines()[1:])
    return {key: value[1:] for key, value in facts.items()}, text.split("\n")


def _flags(found: Forward) -> set[str]:
    facts = {"quoted": found.quoted, "separator": found.separator, "reply": found.is_reply}
    return {name for name, is_so in facts.items() if is_so}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_clients(path: Path):
    """Each fixture's forward is found with author, subject, date, first line and marks; or none is."""
    facts, lines = _case(path)
    found = find_forward(lines, TABLE, subject=facts["subject"])

    if facts["expect"] == "none":
        assert found is None
        return
    assert found is not None
    assert facts["expect"] == " | ".join((found.sender_name, found.sender, found.subject))
    assert (facts["date"], facts["body"]) == (found.date, lines[found.body])
    assert set(facts["flags"].split()) == _flags(found)


def test_clients_of_others():
    """Of the bodies of a foreign corpus at least nine in ten are found, with author and subject; no reply is."""
    wrong, right = [], 0
    for path in corpus("forwards", "test/fixtures/*body*.txt"):
        outer = path.with_name(path.name.replace("body", "subject"))
        is_reply = path.stem.endswith("variant_4")
        # Only clients whose texts need a subject have one there.
        subject = outer.read_text(encoding="utf-8") if outer.exists() else "Re: x" if is_reply else "Fwd: x"
        found = find_forward(path.read_text(encoding="utf-8").split("\n"), TABLE, subject=subject)
        if is_reply:
            assert found is None or found.is_reply, path.name
            continue
        sender = "" if path.name.startswith("unknown") else "john.doe@acme.com"
        title = "" if path.name.startswith("outlook_2019") else "Integer consequat non purus"
        if found and not found.is_reply and (sender, title) == (found.sender, found.subject):
            right += 1
        else:
            wrong.append(path.name)

    assert right >= 9 * len(wrong), wrong
    assert right > 150


def test_chain():
    """A forward of a forward is found inside of it, down to five."""
    outer = ["Bitte einbuchen", "", "-----Ursprüngliche Nachricht-----", *BLOCK[:3], "Betreff: WG: Bestellung", ""]
    lines = [*outer, *BLOCK]
    found = find_forwards(lines, TABLE, "WG: WG: Bestellung")

    assert [(2, 8), (8, 13)] == [(each.first, each.body) for each in found]
    assert ["WG: Bestellung", "Bestellung"] == [each.subject for each in found]
    assert 5 == len(find_forwards(BLOCK * 9, TABLE))


def test_start():
    """Only what stands at or behind the start counts, a rule above the headers included."""
    lines = ["________________________________", *BLOCK]

    found, later = find_forward(lines, TABLE), find_forward(lines, TABLE, 1)
    assert found is not None
    assert later is not None
    assert (0, 1) == (found.first, later.first)
    assert None is find_forward(lines, TABLE, 3)


def test_nothing_behind():
    """A forward without a text has its body at the end."""
    found = find_forward(BLOCK[:4], TABLE)

    assert found is not None
    assert 4 == found.body


def test_body_that_begins_like_a_header():
    """A label of the order behind the headers is text, not one more header."""
    found = find_forward([*BLOCK[:5], "Datum: 02.03.2026", "Von: Anna"], TABLE)

    assert found is not None
    assert ("Montag", 5) == (found.date, found.body)


@pytest.mark.parametrize(
    ("subject", "is_forward", "is_reply"),
    [
        ("WG: Bestellung", True, False),
        ("Fwd:AW: Bestellung", True, False),
        ("TR : commande", True, False),
        ("转发：新订单", True, False),
        ("AW: WG: Bestellung", False, True),
        ("Re[2]: Bestellung", False, True),
        ("Bestellung: 7", False, False),
        ("Neue Bestellung", False, False),
        ("", False, False),
    ],
)
def test_prefixes(subject: str, is_forward: bool, is_reply: bool):
    """The prefix nearest to the beginning says what the mail is."""
    assert (is_forward, is_reply) == (TABLE.is_forward(subject), TABLE.is_reply(subject))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Shop <a@example.org>", ("Shop", "a@example.org")),
        ('"Shop, Neu" <a@example.org>', ("Shop, Neu", "a@example.org")),
        ("Shop [mailto:a@example.org]", ("Shop", "a@example.org")),
        ("Shop (a@example.org)", ("Shop", "a@example.org")),
        ("a@example.org <a@example.org>", ("", "a@example.org")),
        (
            "Shop<mailto:a@example.org> <a@example.org<mailto:a@example.org>> im Auftrag von b",
            ("Shop", "a@example.org"),
        ),
        ("a@example.org<mailto:a@example.org>", ("", "a@example.org")),
        ("Shop <mailto:a@example.org>", ("Shop", "a@example.org")),
        ("a@example.org", ("", "a@example.org")),
        ("Shop", ("Shop", "")),
        ("@", ("", "")),
        ("", ("", "")),
    ],
)
def test_person(value: str, expected: tuple[str, str]):
    """Name and address in the ways of the clients."""
    assert expected == person(value)


def test_strip_quotes():
    """Marks of every depth go, text that has '>' inside stays."""
    assert ["a", "b", "", "c > d", "<e>"] == strip_quotes(["> a", "> > b", ">", "c > d", "<e>"])


def test_own_words():
    """A table may be built from any words; an empty one finds nothing."""
    one = build([ForwardWords("xx", from_=("Aus",), sent=("Wann",), to=("Hin",), subject=("Was",))])
    lines = ["Aus: a@example.org", "Wann: heute", "Hin: b@example.org", "", "Hallo"]

    assert find_forward(lines, one) is not None
    assert None is find_forward(lines, build([]))
    assert None is find_forward(lines, TABLE)


@pytest.mark.parametrize("words", known_words(), ids=lambda words: words.language)
def test_languages(words: ForwardWords):
    """Each language has the words without which nothing is found."""
    assert all((words.separators, words.from_, words.sent, words.to, words.subject, words.verbs, words.prefixes))


PIECES = st.sampled_from(
    ["Von: ", "a@b", "<", ">", "> ", "Gesendet:", "An:", "Betreff:", "\n", "\n\n", "----", "Ursprüngliche Nachricht",
     ":", " ", "1.1.2026", " schrieb ", "\ufeff", "\xa0", "*", "x", "：", "差出人", "\t", "________", "From: ", "İ"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=80).map("".join), st.text(max_size=20))
def test_any_text(text: str, subject: str):
    """Any lines can be looked at; what is found lies within them, one behind the other."""
    lines = text.split("\n")
    last = 0
    for found in find_forwards(lines, TABLE, subject):
        assert last <= found.first < found.body <= len(lines)
        last = found.body
    strip_quotes(lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["To: a@b,"] * 20_000,
        ["Von: a@b"] + ["x,"] * 60_000,
        ["Von: a@b: : : :" * 200] * 90,
        ["-" * 3900] * 70,
        ["--- abc" + " " * 3900 + "x"] * 70,
        ["Von: " + "<" * 3900] * 70,
        ["Von: " + "a@" * 1900, "Datum: x", "An: y"] * 70,
        ["Am 1.1.2026 x:"] * 10_000,
        ["-----Original Message-----", ""] * 10_000,
        ["Von: a@b", "", "", ""] * 10_000,
        ["Von: a@b " * 30_000],
        ["> " * 2000 + "x: y"] * 70,
    ],
    ids=lambda lines: lines[0][:20],
)
def test_hostile_lines(lines: list[str]):
    """The time for a quarter of a megabyte of anything grows with its lines, and with the length of one."""

    def work(size: int) -> None:
        find_forwards(lines[:size] if len(lines) > 1 else [lines[0][: size * 100]], TABLE)

    assert growth(work, len(lines) if len(lines) > 1 else len(lines[0]) // 100) < LINEAR
