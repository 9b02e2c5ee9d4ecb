"""mail: what came in, and what became of it."""

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from smtpd_billbee.cli import origin
from smtpd_billbee.cli.context import (
    ACTOR,
    LARGEST,
    AsJson,
    Limit,
    OfShop,
    due,
    need_shop,
    print_fields,
    print_json,
    print_table,
    run,
    store_of,
)
from smtpd_billbee.cli.queue import job_as_json
from smtpd_billbee.clock import now
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.evidence import Known
from smtpd_billbee.model.job import Job
from smtpd_billbee.model.mail import Mail, MailState
from smtpd_billbee.model.trust import Judged, judged_as_json
from smtpd_billbee.reader.confirmations import Confirmation
from smtpd_billbee.store.store import Store, Tx

if TYPE_CHECKING:
    from smtpd_billbee.work.rereading import Change
from smtpd_billbee.work.confirmations import confirmation_of
from smtpd_billbee.work.tidying import IS_REMOVED

app = typer.Typer(help="Mails: what came in, and what became of it.")

MailId = Annotated[int, typer.Argument(help="The mail's number.", min=1, max=LARGEST)]
MailIds = Annotated[list[int], typer.Argument(help="The mails' numbers.", min=1, max=LARGEST)]


def as_json(mail: Mail) -> dict[str, object]:
    """A mail without its bytes."""
    document = asdict(mail) | {"received_at": mail.received_at.isoformat(), "problems": list(mail.problems)}
    del document["raw_id"]
    return document | {"removed": mail.is_removed}


@app.command("list")
def list_(
    context: typer.Context,
    shop: OfShop = None,
    state: Annotated[str | None, typer.Option(help=f"{', '.join(MailState)}; several with commas.")] = None,
    limit: Limit = 100,
    json: AsJson = False,
) -> None:
    """The newest mails."""
    states = states_of(state)

    async def work() -> Sequence[Mail]:
        async with store_of(context) as store, store.reading() as tx:
            await need_shop(tx, shop)
            return await tx.mails.list(shop, states, limit)

    mails = run(work)
    if json:
        print_json([as_json(mail) for mail in mails])
    else:
        print_mails(mails)


def states_of(text: str | None) -> list[MailState]:
    """'unreadable,to_check' as states."""
    try:
        return [MailState(word.strip()) for word in text.split(",")] if text else []
    except ValueError:
        raise Refused(f"{text!r}: the states of mails are {', '.join(MailState)}") from None


def print_mails(mails: Sequence[Mail]) -> None:
    """Mails as a table."""
    rows = [
        (mail.id, mail.shop_id, f"{mail.received_at:%Y-%m-%d %H:%M}", mail.size, mail.state, mail.kind,
         mail.reason or "; ".join(mail.problems))
        for mail in mails
    ]  # fmt: skip
    print_table(("id", "shop", "received (UTC)", "bytes", "state", "kind", "why"), rows, "There are no mails.")


@app.command()
def show(context: typer.Context, mail_id: MailId, json: AsJson = False) -> None:
    """One mail, what is proved of its origin, and its copies."""

    async def work() -> tuple[Mail, Sequence[Job], Confirmation | None, Known, Judged | None]:
        async with store_of(context) as store, store.reading() as tx:
            mail = await tx.mails.get(mail_id)
            if mail is None:
                raise NoSuchThing(f"there is no mail {mail_id}")
            _, known = (await tx.evidence.of_mails([mail_id]))[mail_id]
            judged, asked = await tx.trust.judged(mail_id), await confirmation_of(tx, mail)
            return mail, await tx.jobs.of_mail(mail_id), asked, known, judged

    mail, jobs, asked, known, judged = run(work)
    document = as_json(mail) | {"confirmation": asdict(asked) if asked else None}
    document["evidence"] = origin.as_json(known)
    document["trust"] = judged_as_json(judged) if judged else None
    document["jobs"] = [job_as_json(job) for job in jobs]
    if json:
        print_json(document)
    else:
        own_lines = ("jobs", "problems", "confirmation", "evidence", "trust")
        print_fields([(name, value) for name, value in document.items() if name not in own_lines])
        for line in origin.lines(known) + origin.judgement(judged):
            typer.echo(line)
        _print_confirmation(asked)
        for problem in mail.problems:
            typer.echo(f"to check: {problem}")
        for job in jobs:
            typer.echo(f"{job.kind} {job.id} to {job.destination}: {job.state}, {job.last_reply or 'not tried yet'}")


def _print_confirmation(asked: Confirmation | None) -> None:
    if asked and asked.code:
        typer.echo(f"code to confirm with: {asked.code}")
    if asked and asked.link:
        typer.echo(f"link to confirm with, goes to {asked.host}: {asked.link}")


@app.command()
def raw(context: typer.Context, mail_id: MailId) -> None:
    """The mail's bytes as they are kept: our trace headers, then exactly what came in."""

    async def work() -> bytes:
        async with store_of(context) as store, store.reading() as tx:
            await _with_bytes(tx, mail_id)
            return await tx.mails.raw(mail_id)

    sys.stdout.buffer.write(run(work))
    sys.stdout.buffer.flush()


@app.command()
def reread(
    context: typer.Context,
    mail_ids: Annotated[list[int] | None, typer.Argument(help="The mails' numbers.", min=1, max=LARGEST)] = None,
    state: Annotated[str | None, typer.Option(help="All mails in these states, with commas between.")] = None,
    json: AsJson = False,
) -> None:
    """Read mails again, here and now, and show what is different then, field by field."""
    if bool(mail_ids) == bool(state):
        raise Refused("say which mails: their numbers, or --state unreadable,to_check")

    from smtpd_billbee.app import reread as reread_mails  # the readers take a while to load

    async def work() -> list["Change"]:
        async with store_of(context) as store:
            await _all_there(store, mail_ids or [])
            return await reread_mails(context.obj.config, store, mail_ids, states_of(state))

    changes = run(work)
    if json:
        print_json([asdict(change) for change in changes])
        return
    if not changes:
        typer.echo("There are no such mails.")
    for change in changes:
        _print_change(change)


def _print_change(change: "Change") -> None:
    """A line for the mail, and one for each field that reads differently."""
    moved = change.state_before != change.state
    reason = f": {change.reason}" if change.reason else ""
    typer.echo(f"mail {change.id}: {f'{change.state_before}, now ' if moved else 'still '}{change.state}{reason}")
    for line in change.changes or ("nothing changed",) * (not moved):
        typer.echo(f"  {line}")


@app.command()
def accept(
    context: typer.Context,
    mail_id: MailId,
    trust: Annotated[bool, typer.Option("--trust", help="Trust its sender from now on, if he was proved.")] = False,
    json: AsJson = False,
) -> None:
    """Import an order whose origin is not proved, or end that doubt in it."""
    from smtpd_billbee.app import accept as accept_mail  # the readers take a while to load

    async def work() -> tuple[list["Change"], Mail | None, Judged | None]:
        async with store_of(context) as store:
            changes = await accept_mail(context.obj.config, store, mail_id, trust, ACTOR)
            async with store.reading() as tx:
                return changes, await tx.mails.get(mail_id), await tx.trust.judged(mail_id)

    changes, mail, judged = run(work)
    if json:
        print_json({"mail": as_json(mail) if mail else None, "changes": [asdict(change) for change in changes]})
        return
    if mail:
        typer.echo(f"mail {mail.id}: {mail.state}, its origin is in doubt no more")
    others = Counter(str(change.state) for change in changes if change.id != mail_id)
    if others:
        typer.echo("read again: " + ", ".join(f"{number} are now {state}" for state, number in others.most_common()))
    marks = judged.verdict.trusts if judged and trust else ()
    known = ", ".join(f"{mark.sort} {mark.value}" + (f" through {mark.via}" if mark.via else "") for mark in marks)
    typer.echo(f"trusted from now on: {known}" if known else "nobody new is trusted")


@app.command()
def relay(context: typer.Context, mail_ids: MailIds) -> None:
    """Send the copies of these mails once more; a running `serve` does it."""

    async def work() -> int:
        async with store_of(context) as store:
            await _all_there(store, mail_ids)
            async with store.transaction() as tx:
                jobs = [job for mail_id in mail_ids for job in await tx.jobs.of_mail(mail_id)]
                return await tx.jobs.retry([job.id for job in jobs], now())

    typer.echo(due(run(work), "copy", "copies"))


async def _all_there(store: Store, mail_ids: Sequence[int]) -> None:
    async with store.reading() as tx:
        for mail_id in mail_ids:
            await _with_bytes(tx, mail_id)


async def _with_bytes(tx: Tx, mail_id: int) -> None:
    mail = await tx.mails.get(mail_id)
    if mail is None:
        raise NoSuchThing(f"there is no mail {mail_id}")
    if mail.is_removed:
        raise Refused(f"mail {mail_id}: {IS_REMOVED}")
