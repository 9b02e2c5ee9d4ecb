"""Words that name another field already are taught only by one who was told so and sends them once more."""

from collections.abc import Sequence

from starlette_admin.i18n import gettext

from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.store.store import Store
from smtpd_billbee.web.field_names import LABELS
from smtpd_billbee.work import teaching


def sure_of(label: TaughtLabel) -> str:
    """What a form brings that was sent once more: the label that its sender was warned of, and no other."""
    return f"{label.field}:{label.words}"


async def doubt_of(store: Store, label: TaughtLabel, shop_ids: Sequence[int | None], sure: str) -> str:
    """The warning, which names the other fields; empty where there is none, or he is sure.  Raises Refused."""
    others = await teaching.other_meanings(store, label, shop_ids)
    if not others or sure == sure_of(label):
        return ""
    said = gettext("“%(words)s” means %(others)s already. If it shall mean %(field)s in your mails, send it once more.")
    named = ", ".join(str(LABELS.get(field, field)) for field in others)
    return str(said % {"words": label.words, "others": named, "field": LABELS.get(label.field, label.field)})
