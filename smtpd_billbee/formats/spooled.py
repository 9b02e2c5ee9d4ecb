"""An arrival as one file of the emergency spool, or one row of the table `arrivals`, and back.

The first line names the format and the SHA-256 of all that follows; the second is JSON: envelope, session, trace; what
follows is the content, byte for byte.  A file that lost or changed one octet is seen to be none.
"""

import json
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from smtpd_billbee.model.mail import Arrival, Recipient, Session

_NAME: Final = b"smtpd-billbee-spool-1"


def spooled(arrival: Arrival) -> bytes:
    """The file of an arrival."""
    envelope = {
        "queue_id": arrival.queue_id,
        "sender": arrival.sender,
        "recipients": [_values(recipient) for recipient in arrival.recipients],
        "trace": arrival.trace.decode(),
        "session": _values(arrival.session),
        "received_at": arrival.received_at.isoformat(),
    }
    rest = json.dumps(envelope).encode("ascii") + b"\n" + arrival.content
    return b"%s %s\n%s" % (_NAME, sha256(rest).hexdigest().encode(), rest)


def _values(record: Recipient | Session) -> dict[str, Any]:
    """asdict() of a record without records in it; that one takes ten times as long, copying what nobody changes."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def unspooled(file: bytes) -> Arrival | None:
    """The arrival of a file; None: it is damaged, or no file of the spool at all."""
    head, _, rest = file.partition(b"\n")
    if head != b"%s %s" % (_NAME, sha256(rest).hexdigest().encode()):
        return None
    line, _, content = rest.partition(b"\n")
    try:
        return _arrival(json.loads(line), content)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None  # whole, but of a version that writes it otherwise


def _arrival(envelope: dict[str, Any], content: bytes) -> Arrival:
    return Arrival(
        queue_id=envelope["queue_id"],
        sender=envelope["sender"],
        recipients=tuple(Recipient(**_known(Recipient, each)) for each in envelope["recipients"]),
        trace=envelope["trace"].encode(),
        content=content,
        session=Session(**_known(Session, envelope["session"])),
        received_at=datetime.fromisoformat(envelope["received_at"]),
    )


def _known(kind: type, values: dict[str, Any]) -> dict[str, Any]:
    """What a newer or older version wrote, as far as this one knows it: defaults stand for the rest."""
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in values.items() if name in names}
