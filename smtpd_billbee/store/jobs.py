"""Jobs: copies and pushes on their way out.  Claimed by a lease, so that a crash sends again rather than never."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, TextClause, bindparam, exists, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.job import Delivered, Job, JobKind, JobState, Later, Never, NewJob, PastAttempt, Try
from smtpd_billbee.model.mail import REMOVED
from smtpd_billbee.store.mails import LONGEST_LEASE
from smtpd_billbee.store.tables import URGENT, job_attempts, jobs, mails, shops
from smtpd_billbee.store.whose import owned_by

# For many tries at once: one statement, sent again and again.
_RECORD = (
    update(jobs)
    # What a bounce or an order's removal ended meanwhile stays at its end.
    .where(jobs.c.id == bindparam("which"), jobs.c.state == JobState.SENDING)
    .values(
        state=bindparam("now_in"),
        next_at=bindparam("due"),
        attempts=jobs.c.attempts + 1,
        last_reply=bindparam("reply"),
        wrapped=bindparam("in_ours"),
    )
)

_SIZE = func.coalesce(select(mails.c.size).where(mails.c.id == jobs.c.mail_id).scalar_subquery(), 0).label("size")


class Jobs:
    """Statements about jobs."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def add(self, new: Sequence[NewJob]) -> None:
        """Make jobs; they are due at their `next_at`, or held without one."""
        if new:
            await self._connection.execute(insert(jobs), [job_row(job) for job in new])

    async def claim(self, kind: JobKind, now: datetime, lease: timedelta, limit: int) -> list[Job]:
        """Take the jobs due longest, urgent ones first; nobody else gets them until recorded, or the lease ends."""
        claimed = await self._claim(kind, now, lease, limit, URGENT)
        if len(claimed) < limit:
            claimed += await self._claim(kind, now, lease, limit - len(claimed), true())
        return claimed

    async def _claim(
        self, kind: JobKind, now: datetime, lease: timedelta, limit: int, which: ColumnElement[bool] | TextClause
    ) -> list[Job]:
        due = (
            select(jobs.c.id)
            .where(jobs.c.kind == kind, jobs.c.next_at <= now, which)
            .order_by(jobs.c.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        claim = (
            update(jobs)
            .where(jobs.c.id.in_(due.scalar_subquery()))
            .values(state=JobState.SENDING, next_at=now + lease)
            .returning(jobs, _SIZE)
        )
        rows = (await self._connection.execute(claim)).mappings()
        return sorted((_job(row) for row in rows), key=lambda job: job.id)

    async def hurry(self, mail_ids: Collection[int]) -> None:
        """Somebody waits for these mails: their copies are the next ones."""
        waiting = jobs.c.mail_id.in_(mail_ids) & jobs.c.state.in_((JobState.HELD, JobState.PENDING))
        await self._connection.execute(update(jobs).where(waiting).values(urgent=True))

    async def put_off(self, job_ids: Collection[int], until: datetime, why: str) -> None:
        """Give claimed jobs back untried: their turn comes then.  `why` stands where no server has said anything."""
        mine = jobs.c.id.in_(job_ids) & (jobs.c.state == JobState.SENDING)
        waits: dict[str, Any] = {"state": JobState.PENDING, "next_at": until, "last_reply": _or_said(why)}
        await self._connection.execute(update(jobs).where(mine).values(waits))

    async def put_off_all(self, kind: JobKind, domain: str, now: datetime, until: datetime, why: str) -> None:
        """What is due for a domain ('': for any) waits until then; not what somebody waits for."""
        due = (jobs.c.kind == kind) & (jobs.c.next_at <= now) & (jobs.c.state == JobState.PENDING) & ~jobs.c.urgent
        if domain:
            due &= func.lower(jobs.c.destination).endswith(f"@{domain}", autoescape=True)
        await self._connection.execute(update(jobs).where(due).values(next_at=until, last_reply=_or_said(why)))

    async def extend(self, job_ids: Collection[int], until: datetime) -> None:
        """Move the end of claimed jobs' leases: later while they are worked on, to now to give them back."""
        mine = jobs.c.id.in_(job_ids) & (jobs.c.state == JobState.SENDING)
        await self._connection.execute(update(jobs).where(mine).values(next_at=until))

    async def release_all(self, now: datetime) -> None:
        """End every lease: whoever held one is gone."""
        sending = jobs.c.state == JobState.SENDING
        await self._connection.execute(update(jobs).where(sending).values(next_at=now))

    async def bring_forward(self, now: datetime, later: datetime) -> int:
        """Jobs that were made or claimed later than `later`, were so by a wrong clock: they are due now.  How many."""
        return (await self._connection.execute(update(jobs).where(_is_ahead(now, later)).values(next_at=now))).rowcount

    async def has_ahead(self, now: datetime, later: datetime) -> bool:
        """Whether there is one of these."""
        query = select(jobs.c.id).where(_is_ahead(now, later)).limit(1)
        return (await self._connection.execute(query)).first() is not None

    async def record(self, tries: Sequence[Try]) -> None:
        """Write down what these tries brought."""
        if tries:
            past = [each for one in tries for each in _attempts(one)]
            await self._connection.execute(insert(job_attempts), past)
            await self._connection.execute(_RECORD, [_recorded(each) for each in tries])

    async def bounced(self, job_id: int, reply: str, now: datetime, again: bool) -> None:
        """The next server took this copy and gave it back: it has failed, or goes again at once in a mail of ours."""
        attempt = {"job_id": job_id, "at": now, "outcome": Never.__name__.lower(), "reply": reply}
        await self._connection.execute(insert(job_attempts), [attempt])
        done: dict[str, Any] = {"state": JobState.FAILED, "next_at": None, "last_reply": reply}
        if again:
            done = {"state": JobState.PENDING, "next_at": now, "last_reply": reply, "wrapped": True}
        await self._connection.execute(update(jobs).where(jobs.c.id == job_id).values(done))

    async def redirect(self, account_id: int, address: str, to: str) -> int:
        """What an account's mailbox has not taken yet goes to another one from now on; how many there are."""
        theirs = (
            select(mails.c.id)
            .join(shops)
            .where(mails.c.id == jobs.c.mail_id, owned_by(account_id))
            .correlate(jobs)
            .exists()
        )
        open_ = jobs.c.state.in_((JobState.HELD, JobState.PENDING, JobState.FAILED)) & (jobs.c.kind == JobKind.COPY)
        which = open_ & (jobs.c.destination == address) & theirs
        return (await self._connection.execute(update(jobs).where(which).values(destination=to))).rowcount

    async def next_due(self, kind: JobKind) -> datetime | None:
        """When the next job is due, leases included; None: none waits."""
        query = select(func.min(jobs.c.next_at)).where(jobs.c.kind == kind, jobs.c.next_at.isnot(None))
        due: datetime | None = (await self._connection.execute(query)).scalar()
        return due

    async def decide_held(self, mail_ids: Collection[int], relay: bool, now: datetime) -> None:
        """The readings of these mails are known: let copies that waited for them go, or drop those that were held."""
        if mail_ids:
            pending: dict[str, Any] = {"state": JobState.PENDING, "next_at": now}
            values = pending if relay else {"state": JobState.DROPPED}
            waits = jobs.c.state == JobState.HELD
            if relay:
                waits |= (jobs.c.state == JobState.PENDING) & (jobs.c.attempts == 0) & (jobs.c.next_at > now)
            await self._connection.execute(update(jobs).where(jobs.c.mail_id.in_(mail_ids), waits).values(values))

    async def forget_orders(self, order_ids: Collection[int]) -> None:
        """These orders are about to be removed: what was not sent of them is not sent any more."""
        theirs = jobs.c.order_id.in_(order_ids)
        done = (JobState.SENT, JobState.DROPPED)
        stopped: dict[str, Any] = {"state": JobState.DROPPED, "next_at": None}
        await self._connection.execute(update(jobs).where(theirs, jobs.c.state.not_in(done)).values(stopped))
        await self._connection.execute(update(jobs).where(theirs).values(order_id=None))

    async def retry(self, job_ids: Sequence[int] | None, now: datetime) -> int:
        """Make these jobs due now; None: every failed one.  How many there were.

        Who names jobs waits for them: they are urgent.
        """
        which = jobs.c.state == JobState.FAILED if job_ids is None else jobs.c.id.in_(job_ids)
        which &= ~exists().where(mails.c.id == jobs.c.mail_id, mails.c.raw_id == REMOVED)  # there is nothing to send
        urgent: dict[str, Any] = {} if job_ids is None else {"urgent": True}
        done = await self._connection.execute(
            update(jobs)
            .where(which, jobs.c.state != JobState.SENDING)
            # The five days of retries begin anew.
            .values(state=JobState.PENDING, next_at=now, first_at=now, attempts=0, wrapped=False, **urgent)
        )
        return done.rowcount

    async def of_mail(self, mail_id: int) -> list[Job]:
        """A mail's jobs."""
        rows = await self._connection.execute(select(jobs).where(jobs.c.mail_id == mail_id).order_by(jobs.c.id))
        return [_job(row) for row in rows.mappings()]

    async def get(self, job_id: int) -> Job | None:
        """One job."""
        row = (await self._connection.execute(select(jobs).where(jobs.c.id == job_id))).mappings().first()
        return _job(row) if row else None

    async def past(self, job_id: int) -> list[PastAttempt]:
        """Every try of a job, oldest first."""
        query = select(job_attempts).where(job_attempts.c.job_id == job_id).order_by(job_attempts.c.id)
        rows = (await self._connection.execute(query)).mappings()
        return [PastAttempt(at=row["at"], outcome=row["outcome"], reply=row["reply"]) for row in rows]

    async def open(self, limit: int) -> list[Job]:
        """Jobs that are not at their good end: held, pending, sending, failed; oldest first."""
        states = (JobState.HELD, JobState.PENDING, JobState.SENDING, JobState.FAILED)
        rows = await self._connection.execute(
            select(jobs).where(jobs.c.state.in_(states)).order_by(jobs.c.id).limit(limit)
        )
        return [_job(row) for row in rows.mappings()]


def _or_said(why: str) -> Any:
    return func.coalesce(jobs.c.last_reply, why)


def _is_ahead(now: datetime, later: datetime) -> Any:
    waits = (jobs.c.state == JobState.PENDING) & (jobs.c.next_at > now) & (jobs.c.first_at > later)
    leased = (jobs.c.state == JobState.SENDING) & (jobs.c.next_at > later + LONGEST_LEASE)
    every = jobs.c.kind.in_(list(JobKind))  # the index on what is due begins with it
    return (every & waits) | (every & leased)


def _state_after(done: Try) -> JobState:
    if isinstance(done.attempt, Delivered):
        return JobState.SENT
    if isinstance(done.attempt, Later) and done.next_at is not None:
        return JobState.PENDING
    return JobState.FAILED


def _attempts(done: Try) -> list[dict[str, Any]]:
    return [
        {"job_id": done.job.id, "at": done.at, "outcome": type(each).__name__.lower(), "reply": each.reply}
        for each in (done.as_it_is, done.attempt)
        if each is not None
    ]


def _recorded(done: Try) -> dict[str, Any]:
    """The parameters of _RECORD."""
    state = _state_after(done)
    due = done.next_at if state is JobState.PENDING else None
    return {
        "which": done.job.id, "now_in": state, "due": due, "reply": done.attempt.reply, "in_ours": done.wrapped,
    }  # fmt: skip


def job_row(job: NewJob) -> dict[str, Any]:
    """A new job's row."""
    return {
        "kind": job.kind,
        "state": JobState.FAILED if job.given_up else JobState.PENDING if job.next_at else JobState.HELD,
        "last_reply": job.given_up or None,
        "mail_id": job.mail_id,
        "order_id": job.order_id,
        "destination": job.destination,
        "first_at": job.first_at,
        "next_at": job.next_at,
        "urgent": job.urgent,
        "attempts": 0,
        "wrapped": False,
    }


def _job(row: Mapping[Any, Any]) -> Job:
    values = {name: row[name] for name in Job.__dataclass_fields__ if name != "size"}
    values["size"] = row.get("size") or 0
    return Job(**(values | {"kind": JobKind(row["kind"]), "state": JobState(row["state"])}))
