"""Tables of the window as files to take away."""

from collections.abc import Iterable, Sequence

from starlette.responses import Response
from starlette_admin.i18n import get_locale

from smtpd_billbee.formats.export_files import Cell, csv_file, xlsx_file

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def table_file(head: Sequence[str], rows: Iterable[Sequence[Cell]], kind: str, name: str, title: str) -> Response:
    """A download; a CSV is written as the page's language expects it.  `name` is ASCII, `kind` csv or xlsx."""
    comma = get_locale() == "de"
    content = csv_file(head, rows, comma) if kind == "csv" else xlsx_file(head, rows, title)
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=_TYPES[kind], headers=headers)
