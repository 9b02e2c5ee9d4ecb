"""Our texts: every English one has its German."""

import io
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from starlette_admin.i18n import translations

import smtpd_billbee.web

WEB = Path(smtpd_billbee.web.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


def said() -> set[str]:
    """Every text in code and templates."""
    found: set[str] = set()
    for _, _, message, _, _ in extract_from_dir(
        WEB, METHODS, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}
    ):
        found.update([message] if isinstance(message, str) else message)
    return found


def test_every_text_is_german_too() -> None:
    """In catalogs/de/, or in the framework's own catalog; and nothing stands there that nobody says."""
    files = sorted((WEB / "catalogs" / "de").glob("*.po"))
    ours = {each.id: each.string for file in files for each in read_po(io.BytesIO(file.read_bytes())) if each.id}
    framework = translations["de"]
    single = {text for id_ in ours for text in ([id_] if isinstance(id_, str) else id_)}

    assert set() == {text for text in said() - single if framework.ugettext(text) == text}
    assert set() == single - said()
    assert [] == [id_ for id_, german in ours.items() if not (german if isinstance(german, str) else all(german))]
