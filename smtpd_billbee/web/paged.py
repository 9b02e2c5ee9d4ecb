"""A list of the framework's, in pages whose number every database can count to."""

from dataclasses import replace

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette_admin.types import ListParams
from starlette_admin.views import BaseModelView

LAST_PAGE = 10**9  # times the rows of a page it is still far below 2**63


class Paged(BaseModelView):
    """?page= in an address is anybody's to write: behind the last page there is an empty one, not an error."""

    def _parse_list_params(self, request: Request, query_params: QueryParams | None = None) -> ListParams:
        asked = super()._parse_list_params(request, query_params)
        return replace(asked, page=min(asked.page, LAST_PAGE))
