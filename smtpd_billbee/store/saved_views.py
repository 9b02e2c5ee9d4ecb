"""Views of the order list that users have named."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from smtpd_billbee.model.view import View
from smtpd_billbee.store.conflicts import insert_new
from smtpd_billbee.store.tables import views


class SavedViews:
    """Statements about saved views; each is bound to a user."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def of_user(self, user_id: int) -> list[View]:
        """A user's own, by name."""
        query = select(views.c.id, views.c.name, views.c.query).where(views.c.user_id == user_id)
        return [View(*row) for row in await self._connection.execute(query.order_by(views.c.name, views.c.id))]

    async def put(self, user_id: int, name: str, query: str, now: datetime) -> None:
        """The name stands for this now."""
        new = {"user_id": user_id, "name": name, "query": query, "created_at": now}
        done = await self._connection.execute(insert_new(self._connection, views), [new])
        if done.rowcount != 1:
            same = (views.c.user_id == user_id) & (views.c.name == name)
            await self._connection.execute(update(views).where(same).values(query=query))

    async def remove(self, user_id: int, view_id: int) -> bool:
        """Forget it.  False: the user has none of that number."""
        own = (views.c.id == view_id) & (views.c.user_id == user_id)
        return (await self._connection.execute(delete(views).where(own))).rowcount == 1
