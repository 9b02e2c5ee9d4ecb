"""An arrival as one file of the emergency spool, or one row of the table `arrivals`, and back.

The first line names the format, and in a file the SHA-256 of all that follows; the second is JSON: envelope, session,
trace; what follows is the content, byte for byte.  A file that lost or changed one octet is seen to be none.  A row is
kept by a transaction: only that it is not cut off is looked at.
"""

import json
from dataclasses import fields
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from smtpd_billbee.model.mail import Arrival, Recipient, Session

_NAME: Final = b"smtpd-billbee-spool-1"
_ROW: Final = b"smtpd-billbee-arrival-1\n"


def spooled(arrival: Arrival) -> bytes:
    """The file of an arrival."""
    rest = _envelope(arrival) + arrival.content
    return b"%s %s\n%s" % (_NAME, sha256(rest).hexdigest().encode(), rest)


def put_aside(arrival: Arrival) -> bytes:
    """The row of an arrival; a client waits for it, and a checksum takes longer than all the rest."""
    return b"".join((_ROW, _envelope(arrival), arrival.content))


def _envelope(arrival: Arrival) -> bytes:
    envelope = {
        "queue_id": arrival.queue_id,
        "sender": arrival.sender,
        "recipients": [_values(recipient) for recipient in arrival.recipients],
        "trace": arrival.trace.decode(),
        "session": _values(arrival.session),
        "received_at": arrival.received_at.isoformat(),
        "size": len(arrival.content),
    }
    return json.dumps(envelope).encode("ascii") + b"\n"


def _values(record: Recipient | Session) -> dict[str, Any]:
    """asdict() of a record without records in it; that one takes ten times as long, copying what nobody changes."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def unspooled(file: bytes) -> Arrival | None:
    """The arrival of a file; None: it is damaged, or no file of the spool at all."""
    head, _, rest = file.partition(b"\n")
    if head != b"%s %s" % (_NAME, sha256(rest).hexdigest().encode()):
        return None
    return _whole(rest)


def aside(row: bytes) -> Arrival | None:
    """The arrival of a row; None: it is none.  Older versions wrote rows as files."""
    return _whole(row[len(_ROW) :]) if row.startswith(_ROW) else unspooled(row)


def _whole(rest: bytes) -> Arrival | None:
    line, _, content = rest.partition(b"\n")
    try:
        envelope = json.loads(line)
        return _arrival(envelope, content) if envelope.get("size", len(content)) == len(content) else None
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
