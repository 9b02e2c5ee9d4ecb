"""What is typed into the forms of articles: read, checked, and complained of in words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Refused
from smtpd_billbee.formats.article_files import COLUMNS, LONGEST_SKU, MAX_BYTES, MAX_ROWS, Complaint, Wrong
from smtpd_billbee.model.article import LONGEST_TITLE, Article, ArticleFields, is_ean, price_of

Form = Mapping[str, Any]


def word(form: Form, name: str) -> str:
    """A field of a form; a file is none."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def whole(text: str) -> int:
    """A number of a thing; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def fields_of(form: Form, sku: str) -> ArticleFields:
    """The article as it was typed.  Raises Refused with the reason."""
    title, ean, price = (" ".join(word(form, name).split()) for name in ("title", "ean", "price"))
    if not sku or len(sku) > LONGEST_SKU:
        raise Refused(_("A SKU has 1 to %(most)s characters.") % {"most": LONGEST_SKU})
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(_("A title has 1 to %(most)s characters.") % {"most": LONGEST_TITLE})
    if ean and not is_ean(ean):
        raise Refused(_("This is no EAN: its digits or its check digit are wrong."))
    try:
        amount = price_of(price) if price else None
    except ValueError:
        raise Refused(_("This is no price; write 12.90 or 12,90.")) from None
    return ArticleFields(sku, title, ean or None, amount)


def as_shown(article: Article, form: Form) -> Article:
    """The article as the form showed it when it was opened, from its hidden fields."""
    price = word(form, "was_price")
    try:
        amount = Decimal(price) if price else None
    except ArithmeticError:
        amount = None
    was = form.get("was_title")
    title = was if isinstance(was, str) else ""
    fields = ArticleFields(article.fields.sku, title, word(form, "was_ean") or None, amount)
    return Article(article.id, article.account_id, fields)


async def posted(request: Request) -> Form:
    """The form that was sent."""
    return dict(await request.form())


def complained(complaint: Complaint) -> str:
    """A complaint in words, with the column where it is."""
    names = dict(zip(COLUMNS, (_("SKU"), _("Title"), _("EAN"), _("Price")), strict=True))
    said = _complaints()[complaint.wrong] % {"value": complaint.value}
    return f"{names[complaint.column]}: {said}" if complaint.column else said


def _complaints() -> dict[Wrong, str]:
    return {
        Wrong.TOO_LARGE: _("The file has more than %(most)s MiB; split it.") % {"most": MAX_BYTES >> 20},
        Wrong.NO_TABLE: _("This is neither a CSV file nor a readable Excel workbook (.xlsx)."),
        Wrong.NO_HEADER: _("No line with column names was found: there must be SKU, and Title, EAN or Price."),
        Wrong.NO_SKU: _("It is empty."),
        Wrong.NO_TITLE: _("A new article needs a title."),
        Wrong.TOO_LONG: _("It has more than %(value)s characters."),
        Wrong.NO_EAN: _("'%(value)s' is no EAN: its digits or its check digit are wrong."),
        Wrong.NO_PRICE: _("'%(value)s' is no price; write 12.90 or 12,90."),
        Wrong.TWICE: _("It stands in line %(value)s already."),
        Wrong.TOO_MANY: _("Only the first %(most)s articles are read; split the file.") % {"most": MAX_ROWS},
        Wrong.BROKEN: _("From here on the file cannot be read."),
    }
