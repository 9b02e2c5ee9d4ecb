"""A mail's page: what became of it, its copies, and the mail itself, which can do nothing to whoever looks at it."""

import asyncio
import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin.i18n import gettext as _
from starlette_admin.routing import route

from smtpd_billbee.errors import Refused
from smtpd_billbee.formats.mime import Body, Letter, open_mail
from smtpd_billbee.model.job import Job, JobKind, PastAttempt
from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.mail_lists import HELD_UP, MailLine
from smtpd_billbee.store.store import Tx
from smtpd_billbee.web import form_fields
from smtpd_billbee.web.context import account_of, context_of, may, user_of
from smtpd_billbee.web.field_names import field_name
from smtpd_billbee.web.mail_list import LARGEST_ID
from smtpd_billbee.web.mail_words import COPIES, FATES, TRIES, moment, size
from smtpd_billbee.web.page import SEE_OTHER, Page
from smtpd_billbee.web.told import told
from smtpd_billbee.web.trust_words import LEVELS, asks_for_trust, mark_words
from smtpd_billbee.work import accepting, mail_acts
from smtpd_billbee.work.confirmations import confirmation_of
from smtpd_billbee.work.rereading import Change

LONGEST_TEXT = 200_000  # letters that are shown
# The mail's HTML stands in a frame that may run, load, send and open nothing (CSP Level 3, 6.3 and 7.3).
SAFE_VIEW = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'; "
        "sandbox; frame-ancestors 'self'"
    ),
    "x-frame-options": "SAMEORIGIN",
    "x-dns-prefetch-control": "off",
    "referrer-policy": "no-referrer",
}

# A browser connects to the host of a frame before the policy forbids it; a tag's name is never written otherwise.
_FRAMES = re.compile(r"<(?=/?(?:i?frame|frameset|object|embed|applet|fencedframe|portal)(?![a-z0-9-]))", re.I)
_NO_CLICKS = "<style>a, area, button, input, summary { pointer-events: none !important; }</style>"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy with every try of it."""

    job: Job
    tries: list[PastAttempt]


class MailPages(Page):
    """One mail."""

    path = "/mails"
    route_name = "mails"
    add_to_menu = False

    @route("")
    async def index(self, request: Request) -> Response:
        """The list has an address of the framework's."""
        return RedirectResponse("/mails/list", SEE_OTHER)

    @route("/detail")
    async def detail(self, request: Request) -> Response:
        """The framework's address of a mail."""
        return RedirectResponse(f"/mails/{_number(request.query_params.get('pk', ''))}", SEE_OTHER)

    @route("/{mail:int}", name="mail")
    async def mail(self, request: Request) -> Response:
        """The mail and what became of it."""
        return await self._shown_mail(request, None)

    @route("/{mail:int}/reread", methods=["POST"], name="mail-reread")
    async def reread(self, request: Request) -> Response:
        """Read it again, and show what is different."""
        mail_id, context = await self._changeable(request), context_of(request)
        try:
            change = await mail_acts.read_again(
                context.store, context.hands.reading, mail_id, user_of(request).email, context.now()
            )
        except Refused as error:
            return self.go(request, f"/mails/{mail_id}", told(str(error)), "warning")
        return await self._shown_mail(request, change)

    @route("/{mail:int}/resend", methods=["POST"], name="mail-resend")
    async def resend(self, request: Request) -> Response:
        """Send its copy again."""
        mail_id, context = await self._changeable(request), context_of(request)
        try:
            number = await mail_acts.send_again(
                context.store, mail_id, context.hands.relaying, user_of(request).email, context.now()
            )
        except Refused as error:
            return self.go(request, _back(request, mail_id), told(str(error)), "warning")
        if not number:
            return self.go(request, _back(request, mail_id), _("There is no copy that could be sent."), "warning")
        return self.go(request, _back(request, mail_id), _("The copy is on its way."))

    @route("/{mail:int}/accept", methods=["POST"], name="mail-accept")
    async def accept(self, request: Request) -> Response:
        """A person says that it is an order of the shop, and with `trust` that its sender is known from now on."""
        mail_id, context = await self._changeable(request), context_of(request)
        trust = form_fields.ticked(await request.form(), "trust")
        hands, actor = context.hands, user_of(request).email
        try:
            await accepting.accept(context.store, hands.reading, mail_id, trust, actor, context.now())
        except Refused as error:
            return self.go(request, _back(request, mail_id), told(str(error)), "warning")
        said = _("Imported; mails of this sender come in unasked from now on.") if trust else _("Imported.")
        return self.go(request, _back(request, mail_id), said)

    @route("/{mail:int}/file-away", methods=["POST"], name="mail-file-away")
    async def file_away(self, request: Request) -> Response:
        """A person says that it is no order."""
        mail_id, context = await self._changeable(request), context_of(request)
        try:
            await mail_acts.file_away(context.store, mail_id, user_of(request).email, context.now())
        except Refused:
            return self.go(request, f"/mails/{mail_id}", _("This mail does not wait for anybody."), "warning")
        return self.go(request, _back(request, mail_id), _("Filed away: it is no order."))

    @route("/{mail:int}/raw", name="mail-raw")
    async def raw(self, request: Request) -> Response:
        """The bytes as they are kept, to be saved, never to be shown."""
        async with context_of(request).store.reading() as tx:
            line = _with_bytes(await _found(request, tx))
            raw = await tx.mails.raw(line.mail.id)
        headers = {"content-disposition": f'attachment; filename="mail-{line.mail.id}.eml"'}
        return Response(raw, media_type="message/rfc822", headers=headers)

    @route("/{mail:int}/html", name="mail-html")
    async def html(self, request: Request) -> Response:
        """The HTML of the mail, for the frame."""
        async with context_of(request).store.reading() as tx:
            line = _with_bytes(await _found(request, tx))
            raw = await tx.mails.raw(line.mail.id)
        body = _body(await asyncio.to_thread(open_mail, raw), "html")
        if body is None:
            raise HTTPException(404)
        return Response(
            harmless(body.text).encode("utf-8", "replace"), media_type="text/html; charset=utf-8", headers=SAFE_VIEW
        )

    async def _changeable(self, request: Request) -> int:
        """The mail's number, if this user may do something with it."""
        async with context_of(request).store.reading() as tx:
            line = await _found(request, tx)
        if not may(request, UserRole.CLERK):
            raise HTTPException(403)
        return line.mail.id

    async def _shown_mail(self, request: Request, change: Change | None) -> Response:
        async with context_of(request).store.reading() as tx:
            line = await _found(request, tx)
            raw = await tx.mails.raw(line.mail.id)
            jobs = [job for job in await tx.jobs.of_mail(line.mail.id) if job.kind is JobKind.COPY]
            copies = [Copy(job, await tx.jobs.past(job.id)) for job in jobs]
            asked = await confirmation_of(tx, line.mail)
            judged = await tx.trust.judged(line.mail.id)
        letter = await asyncio.to_thread(open_mail, raw)
        text = _body(letter, "text")
        return self.shown(
            request,
            "mail.html",
            line=line,
            mail=line.mail,
            fate=FATES[line.mail.state],
            fates=FATES,
            copies=copies,
            copy_words=COPIES,
            try_words=TRIES,
            asked=asked,
            change=change,
            letter=letter,
            text=text.text[:LONGEST_TEXT] if text else "",
            has_html=_body(letter, "html") is not None,
            may_change=may(request, UserRole.CLERK),
            waits=line.mail.state in HELD_UP,
            judged=judged,
            levels=LEVELS,
            asks_for_trust=asks_for_trust,
            mark_words=mark_words,
            told=told,
            field_name=field_name,
            moment=moment,
            size=size,
        )


def harmless(html: str) -> str:
    """The HTML without frames of its own, and with links that lead nowhere; its policy forbids all else."""
    return _FRAMES.sub("&lt;", html) + _NO_CLICKS


def _with_bytes(line: MailLine) -> MailLine:
    """It, if its bytes are still kept."""
    if line.mail.is_removed:
        raise HTTPException(404)
    return line


async def _found(request: Request, tx: Tx) -> MailLine:
    """The mail of the address; one of another account is as one that is not there."""
    line = await tx.mail_lists.get(account_of(request), _number(str(request.path_params["mail"])))
    if line is None:
        raise HTTPException(404)
    return line


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) > LARGEST_ID:
        raise HTTPException(404)
    return int(text)


def _back(request: Request, mail_id: int) -> str:
    """The page that the button stood on: the mail's own, or the list of what is to be checked."""
    return "/check" if request.query_params.get("back") == "check" else f"/mails/{mail_id}"


def _body(letter: Letter, kind: str, depth: int = 3) -> Body | None:
    """The first text of that kind, in the mail itself or in one that is attached to it."""
    found = next((body for body in letter.bodies if body.kind == kind and body.text.strip()), None)
    for attached in letter.attached if found is None and depth else ():
        found = found or _body(attached, kind, depth - 1)
    return found
