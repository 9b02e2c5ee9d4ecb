"""queue: what is on its way out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from smtpd_billbee.cli.context import LARGEST, AsJson, Limit, due, print_fields, print_json, print_table, run, store_of
from smtpd_billbee.clock import now
from smtpd_billbee.errors import NoSuchThing
from smtpd_billbee.model.job import Job, JobState, PastAttempt

app = typer.Typer(help="The queue: copies and pushes on their way out.")


def job_as_json(job: Job) -> dict[str, object]:
    """A job with its times in ISO 8601."""
    next_at = job.next_at.isoformat() if job.next_at else None
    return asdict(job) | {"first_at": job.first_at.isoformat(), "next_at": next_at}


@app.command("list")
def list_(context: typer.Context, limit: Limit = 100, json: AsJson = False) -> None:
    """Jobs that are not done: held, pending, sending, failed."""

    async def work() -> Sequence[Job]:
        async with store_of(context) as store, store.reading() as tx:
            return await tx.jobs.open(limit)

    jobs = run(work)
    if json:
        print_json([job_as_json(job) for job in jobs])
        return
    rows = [
        (job.id, job.kind, job.state, job.mail_id or job.order_id, job.destination, job.attempts,
         f"{job.next_at:%Y-%m-%d %H:%M:%S}" if job.next_at else "", job.last_reply)
        for job in jobs
    ]  # fmt: skip
    print_table(("id", "kind", "state", "of", "to", "tries", "next (UTC)", "last reply"), rows, "The queue is empty.")


@app.command()
def show(
    context: typer.Context,
    job_id: Annotated[int, typer.Argument(help="The job's number.", min=1, max=LARGEST)],
    json: AsJson = False,
) -> None:
    """One job with every try."""

    async def work() -> tuple[Job, Sequence[PastAttempt]]:
        async with store_of(context) as store, store.reading() as tx:
            job = await tx.jobs.get(job_id)
            if job is None:
                raise NoSuchThing(f"there is no job {job_id}")
            return job, await tx.jobs.past(job_id)

    job, past = run(work)
    tries = [asdict(attempt) | {"at": attempt.at.isoformat()} for attempt in past]
    if json:
        print_json(job_as_json(job) | {"tries": tries})
    else:
        print_fields(list(job_as_json(job).items()))
        print_table(("at", "outcome", "reply"), [tuple(each.values()) for each in tries], "Not tried yet.")


@app.command()
def retry(
    context: typer.Context,
    job_ids: Annotated[
        list[int] | None, typer.Argument(help="Jobs; without any: all that failed.", min=1, max=LARGEST)
    ] = None,
) -> None:
    """Make jobs due now; a running `serve` sends them."""

    async def work() -> tuple[int, list[int]]:
        async with store_of(context) as store, store.transaction() as tx:
            found = {job_id: await tx.jobs.get(job_id) for job_id in job_ids or ()}
            for job_id, job in found.items():
                if job is None:
                    raise NoSuchThing(f"there is no job {job_id}")
            under_way = [job_id for job_id, job in found.items() if job and job.state is JobState.SENDING]
            return await tx.jobs.retry(job_ids or None, now()), under_way

    number, under_way = run(work)
    for job_id in under_way:
        typer.echo(f"Job {job_id} is being sent at this moment: nothing was changed for it.")
    if number or not under_way:
        typer.echo(due(number, "job", "jobs") if number else "No job has failed, so nothing was changed.")
