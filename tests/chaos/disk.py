"""The power goes: what a disk can hold afterwards, told from a trace of the system calls of a real process.

Whatever was flushed is there.  Of all that was written since, each write is there or not, whole or torn between two
sectors, as chance will have it: so may a disk do that has a cache and orders its writes as it likes.  A file's new name
is there for sure when its folder was flushed.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,unlink,rename,sendto"
# What strace is told: follow threads and children, name descriptors' files, print octets in full and as hex.
OPTIONS = ("-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}")

_LINE = re.compile(r"^(?P<thread>\d+) +(?:<\.\.\. )?(?P<name>\w+)(?P<resumed> resumed>)?(?P<rest>.*)$")
_FILE = re.compile(r"^\(\d+<([^>]*)>")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_NUMBERS = re.compile(r"-?\d+")
_ACCEPTED = re.compile(rb"250 2\.0\.0 Accepted as ([0-9a-z]+)")


@dataclass(frozen=True, slots=True)
class Write:
    """Octets at a place of a file; `octets` None: the file ends at `at`."""

    file: str
    at: int
    octets: bytes | None


@dataclass(frozen=True, slots=True)
class Flush:
    """All that was written to the file before `since` (a number of events) is on the disk."""

    file: str
    since: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """The file has another name."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The file was removed."""

    file: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A peer heard 250 for this mail."""

    queue_id: str


Event = Write | Flush | Renamed | Gone | Accepted


def events(trace: Iterable[str], folder: Path) -> Iterator[Event]:
    """What happened to the files in a folder, and what was promised, in this order."""
    begun: dict[str, tuple[str, int]] = {}
    reading = _Reading(folder)
    count = 0
    for line in trace:
        if (found := _LINE.match(line)) is None:
            continue
        thread, name, rest = found["thread"], found["name"], found["rest"]
        since = count
        if found["resumed"]:
            before, since = begun.pop(thread, ("", count))
            rest = before + rest
        elif rest.endswith("<unfinished ...>"):
            begun[thread] = (rest.removesuffix("<unfinished ...>"), count)
            continue
        for event in reading.event(name, rest, since):
            count += 1
            yield event


class _Reading:
    """Lines of one trace; `write` tells no place, so the end of each file is remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends: dict[str, int] = {}

    def event(self, name: str, rest: str, since: int) -> Iterator[Event]:
        if not re.search(r"\) += \d+\s*$", rest):
            return
        named = _FILE.match(rest)
        path = _unescaped(named[1]) if named else ""
        if name == "sendto" or (name == "write" and path.startswith("socket:")):  # the second one is uvloop's
            yield from (Accepted(each.decode()) for each in _ACCEPTED.findall(_octets(rest)))
        elif name in ("unlink", "rename"):
            files = [self._inside(bytes.fromhex(each.replace("\\x", "")).decode()) for each in _HEX.findall(rest)]
            if None not in files:
                yield Gone(str(files[0])) if name == "unlink" else Renamed(str(files[0]), str(files[1]))
        elif named and (file := self._inside(path)) is not None:
            yield self._of_file(name, file, rest, rest[named.end() :], since)

    def _of_file(self, name: str, file: str, rest: str, behind: str, since: int) -> Event:
        if name in ("fsync", "fdatasync"):
            return Flush(file, since)
        if name == "ftruncate":
            return Write(file, int(_NUMBERS.findall(behind)[0]), None)
        arguments, _, result = rest.rpartition(")")
        octets = _octets(rest)[: int(_NUMBERS.findall(result)[0])]
        at = int(_NUMBERS.findall(arguments)[-1]) if name == "pwrite64" else self._ends.get(file, 0)
        self._ends[file] = at + len(octets)
        return Write(file, at, octets)

    def _inside(self, path: str) -> str | None:
        """The name within the folder, '.' for the folder itself; None: it is elsewhere."""
        return str(Path(path).relative_to(self._folder)) if Path(path).is_relative_to(self._folder) else None


def _octets(rest: str) -> bytes:
    found = _HEX.search(rest)
    return bytes.fromhex(found[1].replace("\\x", "")) if found else b""


def _unescaped(name: str) -> str:
    return bytes.fromhex(name.replace("\\x", "")).decode() if name.startswith("\\x") else name


@dataclass
class Disk:
    """A disk with what is on it for good, and what was written to it since."""

    files: dict[str, bytearray] = field(default_factory=dict)
    pending: list[tuple[int, Write]] = field(default_factory=list)
    renamed: list[Renamed] = field(default_factory=list)  # and on the disk, or not
    pending_names: list[tuple[int, Renamed]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    count: int = 0

    def take(self, event: Event) -> None:
        """The next event of the trace."""
        match event:
            case Write():
                self.pending.append((self.count, event))
            case Flush(file, since):
                for number, write in self.pending:
                    if write.file == file and number < since:
                        _apply(self.files, write, write.octets)
                self.pending = [each for each in self.pending if each[1].file != file or each[0] >= since]
                certain = [each for each in self.pending_names if _folder(each[1]) == file and each[0] < since]
                self.renamed += [each for _, each in certain]
                self.pending_names = [each for each in self.pending_names if each not in certain]
            case Renamed():
                self.pending_names.append((self.count, event))
            case Gone(file):
                self.files.pop(file, None)
                self.pending = [each for each in self.pending if each[1].file != file]
            case Accepted(queue_id):
                self.accepted.append(queue_id)
        self.count += 1

    def after_power_loss(self, chance: random.Random) -> dict[str, bytes]:
        """The files as they may be found when the power is back."""
        found = {name: bytearray(octets) for name, octets in self.files.items()}
        order = list(self.pending)
        for _, write in order:
            octets = write.octets
            fate = chance.random()
            if fate < 0.4:
                continue
            if fate < 0.6 and octets is not None:
                octets = octets[: chance.randrange(0, len(octets) + 1) // SECTOR * SECTOR]
            _apply(found, write, octets)
        for renamed in (*self.renamed, *(each for _, each in self.pending_names if chance.random() < 0.5)):
            found[renamed.new] = found.pop(renamed.old, bytearray())
        return {name: bytes(octets) for name, octets in found.items()}


def _folder(renamed: Renamed) -> str:
    return str(Path(renamed.new).parent)


def _apply(files: dict[str, bytearray], write: Write, octets: bytes | None) -> None:
    file = files.setdefault(write.file, bytearray())
    if octets is None:
        del file[write.at :]
        octets = b""
    if len(file) < write.at:
        file.extend(bytes(write.at - len(file)))
    file[write.at : write.at + len(octets)] = octets
