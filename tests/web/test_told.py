"""What the reader, the importer and the acts say is said in the window's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette_admin.i18n import set_locale

import smtpd_billbee
from smtpd_billbee.web.told import told

CODE = Path(smtpd_billbee.__file__).parent
MADE_IN = (*(CODE / "reader").glob("*.py"), *(CODE / "work").glob("*.py"),
           *(CODE / "formats" / name for name in ("order_json.py", "order_files.py", "filed_orders.py")))  # fmt: skip
SENTENCE = re.compile(r"[^\n<>\\\[(|^*]*[a-z]{2,} [^\n<>\\\[|^*]*[a-z]{2,}[^\n<>\\|^*]*")
ELSEWHERE = {"notice_mail.py"}  # whole mails, in the account's own language
NOT_SAID = {
    "has no", "new york", "Erika Muster",  # looked for in what was read
    "its number", "its items", "its total", "billing address", "delivery address",  # parts of sentences
    "order number", "gross unit price", "net unit price", "gross price", "net price", "shipping cost",
    "net shipping cost", "payment fee", "order date", "shipping date", "birth date", "payment method",
    "customer number", "the order number", "the article", "the quantity", " in line 7",
}  # fmt: skip
DIARY = ("log.", "Entry(", "_entry(", "note(", "_log(")


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    """A window whose language is German."""
    set_locale("de")
    yield
    set_locale("en")


def said_in(path: Path) -> Iterator[str]:
    """Every sentence that the file can make, with a 7 for each value; what it writes into logs is for operators."""
    tree = ast.parse(path.read_text())
    unsaid: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unsaid.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            unsaid |= {id(each) for each in ast.walk(node) if each is not node}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("log."):
            unsaid |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in unsaid:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "7" for each in node.values)


@pytest.mark.parametrize("path", [path for path in MADE_IN if path.name not in ELSEWHERE], ids=lambda path: path.stem)
def test_every_sentence_has_its_german(path: Path) -> None:
    """Each text in the code that is a sentence, and no pattern and no word for the diary, is translated."""
    said = {text for text in said_in(path) if SENTENCE.fullmatch(text)} - NOT_SAID

    assert [] == sorted(text for text in said if told(text) == text)
