"""Tables of the window as files to take away."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette_admin.i18n import get_locale

from smtpd_billbee.formats.sheets import Cell, as_csv, as_xlsx

_TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def table_file(rows: Sequence[Sequence[Cell]], kind: str, name: str, title: str) -> Response:
    """A download; a CSV is written as the page's language expects it.  `name` is ASCII, `kind` csv or xlsx."""
    content = as_csv(rows, comma=get_locale() == "de") if kind == "csv" else as_xlsx(rows, title)
    headers = {"content-disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, media_type=_TYPES[kind], headers=headers)
