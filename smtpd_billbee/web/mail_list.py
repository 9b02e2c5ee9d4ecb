"""The list of mails."""

from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, date, datetime, time, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette_admin.fields import IntegerField, StringField
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.store.mail_lists import MailLine, MailWish
from smtpd_billbee.web.context import account_of, context_of
from smtpd_billbee.web.look_only import LookOnly
from smtpd_billbee.web.mail_words import COPIES, FATES, moment

LONGEST_WORDS = 200
LARGEST_ID = 2**53
DAY = timedelta(days=1)


class MailList(LookOnly):
    """Every mail, newest first: when, from whom, for which shop, and what became of it."""

    key = "mails"
    pk_attr = "id"
    menu_label = _("Mails")
    display_name = _("Mail")
    icon = "fa fa-envelope"
    fields: Sequence[Any] = (
        IntegerField("id", label=_("Number")),
        StringField("received_at", label=_("Received"), orderable=True),
        StringField("shop", label=_("Shop"), orderable=False),
        StringField("subject", label=_("Subject"), orderable=False),
        StringField("fate", label=_("What became of it"), orderable=False),
        StringField("copy", label=_("The copy"), orderable=False),
    )
    sortable_fields = ("received_at",)
    fields_default_sort = (("received_at", True),)
    exclude_fields_from_list = ("id",)
    list_template = "mails.html"
    page_size = 25
    page_size_options = (25, 100)
    row_actions: Sequence[str] = ()
    actions: Sequence[str] = ()
    exporters: Sequence[Any] = ()
    importers: Sequence[Any] = ()
    column_visibility = False
    row_click_navigate = False

    def is_active(self, request: Request) -> bool:
        path = request.scope["path"].removeprefix(request.scope["root_path"])
        return bool(path.startswith("/mails/"))

    async def find_all(
        self,
        request: Request,
        skip: int = 0,
        limit: int = 100,
        q: str | None = None,
        sorts: Sequence[tuple[str, str]] | None = None,
        filters: Any = None,
    ) -> Sequence[MailLine]:
        account, oldest_first = account_of(request), ("received_at", "asc") in (sorts or ())
        async with context_of(request).store.reading() as tx:
            request.state.shops = await tx.mail_lists.shops(account)
            return await tx.mail_lists.find(account, wish_of(request), skip, limit, oldest_first=oldest_first)

    async def count(self, request: Request, q: str | None = None, filters: Any = None) -> int:
        async with context_of(request).store.reading() as tx:
            return await tx.mail_lists.count(account_of(request), wish_of(request))

    async def find_by_pk(self, request: Request, pk: Any) -> MailLine | None:
        if not str(pk).isdecimal() or int(pk) > LARGEST_ID:
            return None
        async with context_of(request).store.reading() as tx:
            return await tx.mail_lists.get(account_of(request), int(pk))

    async def find_by_pks(self, request: Request, pks: list[Any]) -> Sequence[MailLine]:
        return [line for pk in pks if (line := await self.find_by_pk(request, pk)) is not None]

    async def create(self, request: Request, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def edit(self, request: Request, pk: Any, data: dict[str, Any]) -> Any:
        raise HTTPException(403)

    async def delete(self, request: Request, pks: list[Any]) -> int | None:
        raise HTTPException(403)

    async def serialize(
        self, obj: Any, request: Request, include_relationships: bool = True, include_select2: bool = False
    ) -> dict[str, Any]:
        """A row of the template: the line itself."""
        return {"id": obj.mail.id, "line": obj}

    def moment(self, at: datetime) -> str:
        """A time, for the rows."""
        return moment(at)

    @property
    def fates(self) -> Any:
        """For the filter and the rows."""
        return FATES

    @property
    def copies(self) -> Any:
        """For the filter and the rows."""
        return COPIES


def wish_of(request: Request) -> MailWish:
    """What the list is narrowed to; words that mean nothing narrow nothing."""
    asked = request.query_params
    shop = asked.get("shop", "")
    return MailWish(
        words=asked.get("q", "").strip().replace("\0", "")[:LONGEST_WORDS],
        state=MailState(asked["fate"]) if asked.get("fate") in list(MailState) else None,
        shop_id=int(shop) if shop.isdecimal() and len(shop) < 19 and int(shop) < LARGEST_ID else None,
        copy=JobState(asked["copy"]) if asked.get("copy") in list(JobState) else None,
        since=beginning(asked.get("since", "")),
        until=beginning(asked.get("until", ""), DAY),
    )


def beginning(text: str, later: timedelta = timedelta()) -> datetime | None:
    """The beginning of a day by the clock of the server's place, or some days later.

    Before the first year and behind the last there is no day that it could have in another zone.
    """
    try:
        found = datetime.combine(date.fromisoformat(text) + later, time()).astimezone()
    except (ValueError, OverflowError, OSError):
        return None
    return found if MINYEAR < found.year < MAXYEAR else None
