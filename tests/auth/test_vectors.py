"""The test suites of ARC and SPF, through our own verify(): DNS is a dict, so each takes about a second."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from smtpd_billbee.auth.lookup import Answer, LookupFailed
from smtpd_billbee.auth.verifying import verify
from smtpd_billbee.model.evidence import Result
from smtpd_billbee.model.mail import Delivery
from tests.auth.playing import Zone
from tests.corpora import corpus

AT = datetime(2026, 3, 2, tzinfo=UTC)
CAME = Delivery("192.0.2.1", "h.example", "", AT)

# A sealer says itself that the chain is broken.  The suite has no word for it; RFC 8617 5.2 step 2 says fail.
TOLD_BROKEN = {"cv_fail_i1_as_cv_fail", "cv_fail_i2_as2_fail", "cv_fail_i2_as1_fail"}


def _documents(name: str, pattern: str, loader: type[yaml.SafeLoader] | type[yaml.BaseLoader]) -> Iterator[Any]:
    (file,) = corpus(name, pattern)
    yield from yaml.load_all(Path(file).read_text(encoding="utf-8"), loader)


def _keys(document: Any) -> Zone:
    return Zone({name: {"TXT": [text.encode()]} for name, text in document["txt-records"].items()})


def test_arc_validation() -> None:
    """171 mails: each chain is judged as the suite says."""
    wrong, count = [], 0
    for document in _documents("auth", "arc/tests/arc-draft-validation-tests.yml", yaml.SafeLoader):
        for name, test in document["tests"].items():
            count += 1
            raw = (test["message"] or "").replace("\n", "\r\n").encode()
            expected = "fail" if name in TOLD_BROKEN else (test["cv"] or "").lower()
            if verify(raw, CAME, _keys(document)).arc.result != expected:
                wrong.append(name)

    assert [] == wrong
    assert 171 == count


def test_arc_seals_of_the_suite() -> None:
    """The seals that the suite expects of a signer verify here; those that end a chain end it."""
    found = {}
    for document in _documents("auth", "arc/tests/arc-draft-sign-tests.yml", yaml.SafeLoader):
        for name, test in document["tests"].items():
            if test["AS"]:
                found[name] = verify(_sealed(test), CAME, _keys(document)).arc
    ended = {"i1_base_fail", "i2_base_fail"}

    assert {name: Result.FAIL if name in ended else Result.PASS for name in found} == {
        name: arc.result for name, arc in found.items()
    }
    assert 16 == len(found)
    assert {"example.org"} == {arc.sealer for name, arc in found.items() if name not in ended}


def _sealed(test: dict[str, str]) -> bytes:
    names = {"ARC-Seal": "AS", "ARC-Message-Signature": "AMS", "ARC-Authentication-Results": "AAR"}
    return "".join([*(f"{name}: {_line(test[key])}\n" for name, key in names.items()), test["message"]]).replace(
        "\n", "\r\n"
    ).encode()  # fmt: skip


def _line(text: str) -> str:
    """The suite folds what it signed on one line, b= as well."""
    return re.sub(r"b=[^;]*", lambda found: found[0].replace("\n", ""), text).replace("\n", " ").strip()


class SpfZone(Zone):
    """The suite's DNS: lists of records, TIMEOUT where the server is silent, type SPF where TXT is meant."""

    def __init__(self, names: dict[str, list[Any]]) -> None:
        super().__init__({})
        self._records = {name.lower(): records for name, records in names.items()}

    def __call__(self, name: str, kind: str) -> Sequence[Answer]:
        for _ in range(10):
            records = [each for each in self._records.get(name.lower().rstrip("."), ()) if isinstance(each, dict)]
            pairs = [pair for record in records for pair in record.items()]
            as_txt = "SPF" if kind == "TXT" and "TXT" not in dict(pairs) else kind
            if answers := [_answer(kind, value) for key, value in pairs if key in (kind, as_txt) and value != "NONE"]:
                return answers
            if "TIMEOUT" in self._records.get(name.lower().rstrip("."), ()):
                raise LookupFailed
            if "CNAME" not in dict(pairs):
                break
            name = dict(pairs)["CNAME"]
        return ()


def _answer(kind: str, value: Any) -> Answer:
    if value == "TIMEOUT":
        raise LookupFailed
    if kind == "TXT":
        return "".join([value] if isinstance(value, str) else value).encode("latin-1")
    return (int(value[0]), str(value[1])) if kind == "MX" else str(value)


def test_spf() -> None:
    """203 deliveries of RFC 7208's suite."""
    wrong, count = [], 0
    for document in _documents("auth", "test/rfc7208-tests.yml", yaml.BaseLoader):
        dns = SpfZone(document["zonedata"])
        for name, test in document["tests"].items():
            count += 1
            came = Delivery(test["host"], test["helo"], test["mailfrom"], AT)
            result = verify(b"", came, dns).spf.result
            if result not in ([test["result"]] if isinstance(test["result"], str) else test["result"]):
                wrong.append(f"{name}: {result}")

    assert [] == wrong
    assert 203 == count


@pytest.mark.parametrize("text", ["i=1; a.example; dmarc=pass header.from=shop.example", "i=1; a.example; none"])
def test_the_suites_can_fail(text: str) -> None:
    """A set of one header alone is no chain."""
    raw = f"ARC-Authentication-Results: {text}\r\n\r\n".encode()

    assert Result.FAIL == verify(raw, CAME, Zone({})).arc.result
