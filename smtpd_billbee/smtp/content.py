"""The octets of one mail, from DATA or BDAT, put together as they come.  Pure: chunks in, content out.

DATA ends with CRLF.CRLF and with nothing else (RFC 5321 4.1.1.4).  A bare LF or CR neither ends a line nor hides a dot,
so a text that another server takes for the end of a mail cannot smuggle a second one in here; it is kept as it came.
"""

import re

from smtpd_billbee.smtp.limits import Room

END = b"\r\n.\r\n"
# The longest first: what a chunk may end with that could be the beginning of END.
_BEGINNINGS = tuple(END[:length] for length in range(len(END) - 1, 0, -1))
# bytes.find takes twice as long: it is made for needles that are longer.
_DOT = re.compile(rb"\r\n\.").search

_PIECE = 256 * 1024
_SMALL = 4 * 1024  # octets; many such would take more memory by themselves than for what is in them

# A peer that announced no size reads its 552 only after its dot; so much of what we do not keep is read for that.
_PATIENCE = 2


class Content:
    """One mail on its way in.  Too big or crowded, it is read on and forgotten, so that the peer gets its answer."""

    def __init__(self, limit: int, room: Room, *, dots: bool = True) -> None:
        self.seen = 0
        self.too_big = False
        self.crowded = False
        self._limit = limit
        self._room = room
        self._taken = 0
        self._pieces: list[bytes] = []  # of just the size of what is in them; a bytearray has an eighth more
        self._last = bytearray()
        # In DATA the line before the first is thought to end like any other: a first line of one dot is an end too.
        self._held = b"\r\n" if dots else b""
        self._skip = len(self._held)  # octets that are not the peer's

    @property
    def lost(self) -> bool:
        """Nothing of it is kept any more."""
        return self.too_big or self.crowded

    @property
    def hopeless(self) -> bool:
        """So much too big that the end is not worth waiting for."""
        return self.seen > self._limit * _PATIENCE

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk of DATA.  After the final dot: what came behind it; None while there is more to come."""
        text = self._held + chunk
        found = _DOT(text)  # of most mails, the first such line is their end
        dot = found.start() if found else -1
        end = text.find(END, dot) if found else -1
        if end >= 0:
            self._held = b""
            self._keep_lines(text, end + 2, undot=end > dot)
            return text[end + len(END) :]
        self._held = next((start for start in _BEGINNINGS if text.endswith(start)), b"")
        self._keep_lines(text, len(text) - len(self._held), undot=dot >= 0)
        return None

    def feed_octets(self, chunk: bytes) -> None:
        """Take octets of BDAT: what was counted is content, whatever it is."""
        self._keep(chunk)

    def whole(self) -> bytes:
        """The mail, byte for byte as it was sent.  To be asked once: the pieces are given up for it."""
        self._put_away()
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)

    def forget(self) -> None:
        """Give the memory back."""
        self._room.give_back(self._taken)
        self._taken = 0
        self._pieces, self._last = [], bytearray()

    def _put_away(self) -> None:
        if self._last:
            self._pieces.append(bytes(self._last))
            self._last.clear()

    def _keep_lines(self, text: bytes, length: int, *, undot: bool) -> None:
        """The first `length` octets of what was fed, without the dots that are not the mail's."""
        if length:
            skip, self._skip = self._skip, 0
            self._keep(_undot(text[:length])[skip:] if undot else text[skip:length])

    def _keep(self, piece: bytes) -> None:
        self.seen += len(piece)
        if self.lost:
            return
        if self.seen > self._limit:
            self.too_big = True
        elif not self._room.take(len(piece)):
            self.crowded = True
        if self.lost:
            self.forget()
            return
        self._taken += len(piece)
        if len(piece) >= _SMALL:
            self._put_away()
            self._pieces.append(piece)
            return
        self._last += piece
        if len(self._last) >= _PIECE:
            self._put_away()


class Counted:
    """One chunk of BDAT on its way into a content: so many octets, whatever they are."""

    def __init__(self, content: Content, size: int) -> None:
        self._content = content
        self._left = size

    @property
    def hopeless(self) -> bool:
        """So much too big that the end is not worth waiting for."""
        return self._content.hopeless

    def feed(self, chunk: bytes) -> bytes | None:
        """Take octets.  After the last one: what came behind it; None while there is more to come."""
        taken, rest = chunk[: self._left], chunk[self._left :]
        self._left -= len(taken)
        self._content.feed_octets(taken)
        return None if self._left else rest


def _undot(text: bytes) -> bytes:
    """RFC 5321 4.5.2: a dot that begins a line was put there by the sender's server.

    `text` never ends within CRLF-dot, so no line begins unseen.
    """
    return text.replace(b"\r\n.", b"\r\n")
