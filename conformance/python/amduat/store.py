"""ASL/STORAGE/1: reading a store folder. The identifiers in brackets are clauses of the documents."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

from . import core, domain, log, segment, store_index
from .errors import SpecError
from .index import Record

GENESIS = "snapshots/genesis"
U64_MAX = 2**64 - 1
# Of the objects of §3 but the genesis manifest; group 1 is the number [STO-OBJ-1].
NUMBERED = (
    re.compile(r"(?:blocks|segments)/[0-9a-f]{64}/(0|[1-9][0-9]{0,19})"),
    re.compile(r"(?:log|writer)/((?!0{20})[0-9]{20})"),
)


# Beside the objects [STO-OBJ-2].
NO_OBJECTS = (("derived",), ("tmp",), ("keys",))


class Fault(NamedTuple):
    object: str
    code: str


@contextmanager
def about(name: str) -> Iterator[None]:
    """Refusals say in which object the fault is [STO-VFY-2]."""
    try:
        yield
    except SpecError as error:
        raise SpecError(error.code, error.offset, error.subject or name) from error


# Objects


def is_object_name(name: str) -> bool:
    matches = [match for match in (form.fullmatch(name) for form in NUMBERED) if match]
    return name == GENESIS or any(int(match[1]) <= U64_MAX for match in matches)


def number_of(name: str) -> int:
    """The epoch or the generation."""
    return int(name.rpartition("/")[2])


def object_name(kind: str, identity: bytes, generation: int = 0) -> str:
    return f"{kind}/{identity.hex()}/{generation}"


def identity_of(name: str) -> bytes:
    return bytes.fromhex(name.split("/")[1])


def _refuse(error: OSError) -> None:
    raise error


class Folder:
    """The part of the port a reader needs; a folder without files holds no object."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self, under: str = "") -> List[str]:
        try:
            return sorted(
                (Path(folder) / file).relative_to(self.root).as_posix()
                for folder, _, files in os.walk(self.root / under, onerror=_refuse)
                for file in files
                if Path(folder).relative_to(self.root).parts[:1] not in NO_OBJECTS
            )
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise SpecError("STORE.IO", subject=under) from error  # [STO-ERR-4]

    def read(self, name: str) -> bytes:
        try:
            with open(self.root / name, "rb") as file:
                data = file.read()
                if name.startswith("log/"):
                    os.fsync(file.fileno())  # so that all that was read is durable [STO-RDR-2]
                return data
        except OSError as error:
            raise SpecError("STORE.IO", subject=name) from error  # [STO-ERR-4]

    def lowest(self, kind: str, identity: bytes) -> str:
        names = [name for name in self.names(f"{kind}/{identity.hex()}") if is_object_name(name)]
        if not names:
            raise SpecError("STORE.MISSING", subject=object_name(kind, identity))  # [STO-ERR-2]
        return min(names, key=number_of)  # [STO-OBJ-3]


def read_block(folder: Folder, block_id: bytes) -> bytes:
    return folder.read(folder.lowest("blocks", block_id))


def read_artifact(folder: Folder, record: Record) -> bytes:
    """Verified against the key [STO-RDR-6]."""
    located = {extent.block for extent in record.extents if extent != core.EMPTY}  # [CORE-LOC-2]
    blocks = {block_id: read_block(folder, block_id) for block_id in located}
    data = core.read_location(record.extents, length_of(record), blocks)
    core.verify(core.decode_reference(record.key), core.Artifact(data, record.type_tag))
    return data


def length_of(record: Record) -> int:
    return sum(extent.length for extent in record.extents)


# Log


class Part(NamedTuple):
    """What one log file says by itself."""

    name: str
    header: log.Header
    records: Sequence[log.Record]
    fault: Optional[Fault]  # of the record after these [LOG-RPL-4]
    torn: bool

    @property
    def base(self) -> int:
        return self.header.base_logseq

    @property
    def end(self) -> int:
        return self.base + len(self.records)


def read_part(name: str, data: bytes, domain_id: Optional[bytes]) -> Part:
    with about(name):
        file = log.read_file(data, domain_id)
        valid = log.read_records(file)  # takes every frame apart [LOG-FRM-10]
    records: List[log.Record] = []
    fault = None
    try:
        for record in valid:
            records.append(record)
    except SpecError as error:
        fault = Fault(name, error.code)
    return Part(name, file.header, records, fault, not file.clean)


def needed_parts(folder: Folder, domain_id: bytes) -> List[Part]:
    """From the lowest up, the log files that have a record of the log, or are the greatest [STO-EPO-4]."""
    parts: List[Part] = []
    for name in reversed([name for name in folder.names("log") if is_object_name(name)]):
        if parts and parts[-1].base == 0:
            break
        data = folder.read(name)
        with about(name):
            base = log.decode_header(data, domain_id).base_logseq
        if not parts or base < parts[-1].base:
            parts.append(read_part(name, data, domain_id))
    return parts[::-1]


class Entry(NamedTuple):
    """A record of the log and the file it stands in."""

    name: str
    record: log.Record


class History(NamedTuple):
    entries: Sequence[Entry]
    fault: Optional[Fault]  # of the record after these [LOG-RPL-4]


def lay(parts: Sequence[Part], domain_id: bytes) -> History:
    entries: List[Entry] = []
    fault: Optional[Fault] = None
    below = ""
    for part in parts:
        if part.base > len(entries) and fault is not None:
            break  # the positions from that record on are undefined [LOG-RPL-4]
        reached = part.base <= len(entries)
        record_hash = entries[part.base - 1].record.record_hash if part.base and reached else domain_id
        if not reached or part.header.base_record_hash != record_hash:
            raise SpecError("LOG.BASE", subject=below or part.name)  # [STO-EPO-5] [STO-VFY-5]
        below = part.name
        # A fault above the base is of no record that is read [STO-EPO-6].
        entries = entries[: part.base] + [Entry(part.name, record) for record in part.records]
        fault = part.fault
    return History(entries, fault)


def first_state(domain_id: bytes, is_open: bool) -> log.State:
    return log.State(log.Header(domain_id, 0, domain_id, bytes(32)), is_open)


def replayed(history: History, state: log.State) -> History:
    """The history up to the first record that is invalid by the state before it."""
    for at, (name, record) in enumerate(history.entries):
        try:
            state.apply(record)
        except SpecError as error:
            return History(history.entries[:at], Fault(name, error.code))  # [LOG-RPL-4]
    return history


# Store


class Listed(NamedTuple):
    """An entry of an enumeration; without a length where no record is found [STX-VER-5]."""

    key: bytes
    verdict: store_index.Verdict
    length: Optional[int]


class Store:
    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        if GENESIS not in self.folder.names("snapshots"):
            raise SpecError("STORE.NOT_A_STORE", subject=GENESIS)  # [STO-OBJ-4]
        manifest = self.folder.read(GENESIS)
        with about(GENESIS):
            self.genesis = domain.decode_genesis(manifest)
        self.domain_id = domain.domain_id(manifest)
        self._segments: Dict[bytes, Dict[bytes, Record]] = {}

    # Log and states

    @cached_property
    def history(self) -> History:
        """Read when it is first asked for, as `get` does without [STO-RDR-4], and then kept [STO-RDR-3]."""
        history = lay(needed_parts(self.folder, self.domain_id), self.domain_id)
        return replayed(history, first_state(self.domain_id, self.genesis.open))

    @property
    def last(self) -> int:
        return len(self.history.entries)

    def state(self, position: int) -> log.State:
        """Seals, policy and SnapshotID."""
        if position > self.last:
            fault = self.history.fault
            if fault is not None:
                raise SpecError(fault.code, subject=fault.object)  # [LOG-RPL-4]
            raise SpecError("LOG.POSITION")  # [LOG-RPL-2]
        state = first_state(self.domain_id, self.genesis.open)
        for entry in self.history.entries[:position]:
            state.apply(entry.record)
        return state

    # Lookup

    def segment(self, segment_id: bytes) -> Dict[bytes, Record]:
        if segment_id not in self._segments:
            name = self.folder.lowest("segments", segment_id)
            with about(name):
                records = segment.decode_segment(self.folder.read(name), segment_id)
            self._segments[segment_id] = {record.key: record for record in records}
        return self._segments[segment_id]

    def visible(self, position: int) -> List[store_index.Visible]:
        """All of them are read: one that cannot be fails every lookup [IDX-GET-5]."""
        return [store_index.Visible(seal, self._marks(each)) for seal, each in self.state(position).seals]

    def _marks(self, segment_id: bytes) -> store_index.Segment:
        # The label is what tells segments from one another [IDX-GET-3].
        label = segment_id.hex()
        return store_index.make_segment(
            store_index.Record(record.key, record.logseq, record.tombstone, label)
            for record in self.segment(segment_id).values()
        )

    def lookup(self, key: bytes, position: int) -> Optional[Record]:
        return self._found(self.visible(position), key, position)

    def _found(self, visible: Sequence[store_index.Visible], key: bytes, position: int) -> Optional[Record]:
        mark = store_index.lookup(visible, key, position)
        return None if mark is None else self.segment(bytes.fromhex(mark.label))[key]

    def verdict(self, key: bytes, position: int) -> store_index.Verdict:
        return store_index.verdict(self.state(position).policy, key, self.lookup(key, position) is not None)

    def keys(self, position: int) -> List[Listed]:
        """Ascending [CORE-REF-10]."""
        policy, visible = self.state(position).policy, self.visible(position)
        rows = {key for key, _, _ in policy.rows()}
        listed: List[Listed] = []
        for key in sorted(rows.union(*(entry.segment.records for entry in visible))):
            record = self._found(visible, key, position)
            if record is not None or key in rows:  # [STX-VER-5]
                verdict = store_index.verdict(policy, key, record is not None)
                listed.append(Listed(key, verdict, None if record is None else length_of(record)))
        return listed

    # Bytes

    def _record(self, key: bytes, position: int) -> Record:
        record = self.lookup(key, position)
        if record is None:
            raise SpecError("STORE.ABSENT")
        return record

    def read(self, key: bytes, position: int) -> bytes:
        return read_artifact(self.folder, self._record(key, position))

    def read_range(self, key: bytes, position: int, begin: int, end: int) -> bytes:
        """The bytes from `begin` up to, but without, `end`."""
        record = self._record(key, position)
        if not 0 <= begin <= end <= length_of(record):
            raise SpecError("STORE.RANGE")  # [STO-ERR-6]
        pieces: List[bytes] = []
        at = 0
        for extent in record.extents:
            low, high = max(begin - at, 0), min(end - at, extent.length)
            if low < high:  # other blocks are not touched [STO-RDR-6]
                pieces.append(self._extent(extent)[low:high])
            at += extent.length
        return b"".join(pieces)

    def _extent(self, extent: core.Extent) -> bytes:
        name = self.folder.lowest("blocks", extent.block)
        data = self.folder.read(name)
        with about(name):
            core.verify_block(extent.block, data)
        return core.read_location([extent], extent.length, {extent.block: data})

    def get(self, key: bytes) -> bytes:
        """From any segment that is there; what cannot be read says nothing while another can [STO-RDR-4]."""
        errors: List[SpecError] = []
        names = [name for name in self.folder.names("segments") if is_object_name(name)]
        for segment_id in sorted({identity_of(name) for name in names}):
            try:
                record = self.segment(segment_id).get(key)
                if record is not None and not record.tombstone:
                    return read_artifact(self.folder, record)
            except SpecError as error:
                errors.append(error)
        raise errors[0] if errors else SpecError("STORE.ABSENT")


# Claims

CLAIM = {
    "domain": str, "host": str, "boot": str, "processNamespace": str,
    "process": int, "processStart": str, "thread": int, "nonce": str,
}  # fmt: skip
DONE = b"done\n"


def _claim(line: bytes) -> Dict[str, object]:
    try:
        claim = json.loads(line.decode("ascii"))
        # Python escapes in strings what §6.1 says, in the same way.
        canonical = json.dumps(claim, separators=(",", ":")).encode("ascii")
    except (ValueError, RecursionError):
        raise SpecError("STORE.CONFLICT")
    if canonical != line or not isinstance(claim, dict):
        raise SpecError("STORE.CONFLICT")
    return claim


def claim_domain(data: bytes) -> bytes:
    """The domain that a claim of the right form gives."""
    line, _, rest = data.partition(b"\n")
    digest = hashlib.sha256(line).hexdigest().encode("ascii") + b"\n"
    if not rest.startswith(digest) or not DONE.startswith(rest[len(digest) :]):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    claim = _claim(line)
    if [(member, type(value)) for member, value in claim.items()] != list(CLAIM.items()):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    if min(claim["process"], claim["thread"]) < 0:  # type: ignore[type-var]
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    if not re.fullmatch("[0-9a-f]{64}", str(claim["domain"])):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    return bytes.fromhex(str(claim["domain"]))


# Verification


class Verifier:
    """Every check goes on where another ended [STO-VFY-2]."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        self.faults: Set[Fault] = set()
        self.store: Optional[Store] = None
        self.names: List[str] = []
        self.attempt("", self._list)
        self.attempt(GENESIS, self._open)
        self.domain_id = self._agreed_domain()
        self.attempt(GENESIS, self._stranger)
        self.history: Optional[History] = None
        self.attempt("log", self._replay)

    def attempt(self, name: str, check: Callable[[], object]) -> None:
        try:
            check()
        except SpecError as error:
            self.faults.add(Fault(error.subject or name, error.code))

    def _open(self) -> None:
        self.store = Store(self.folder.root)

    def _replay(self) -> None:
        self.history = self.store.history if self.store else None
        if self.history is not None and self.history.fault is not None:
            self.faults.add(self.history.fault)

    def _list(self) -> None:
        self.names = self.folder.names()

    def _agreed_domain(self) -> Optional[bytes]:
        """[STO-VFY-4]"""
        votes: Counter[bytes] = Counter()
        for name in self.of("log") + self.of("writer"):
            try:
                data = self.folder.read(name)
                is_log = name.startswith("log/")
                votes[log.decode_header(data, None).domain_id if is_log else claim_domain(data)] += 1
            except SpecError:
                pass  # it is named where it is checked
        own = self.store.domain_id if self.store else None
        if own is not None and votes[own] == max(votes.values()):
            return own
        return votes.most_common(1)[0][0] if votes else None

    def _stranger(self) -> None:
        if self.store is not None and self.domain_id is not None and self.store.domain_id != self.domain_id:
            self.store.domain_id = self.domain_id
            raise SpecError("DOM.ID")  # [DOM-ID-2] [STO-VFY-4]

    def of(self, kind: str) -> List[str]:
        return [name for name in self.names if name.startswith(f"{kind}/") and is_object_name(name)]

    def has(self, kind: str, identity: bytes) -> bool:
        return any(name.startswith(f"{kind}/{identity.hex()}/") for name in self.of(kind))

    def strays(self) -> None:
        names = [name for name in self.names if not is_object_name(name)]
        self.faults.update(Fault(name, "STORE.STRAY") for name in names)  # [STO-ERR-3]

    def blocks(self) -> None:
        for name in self.of("blocks"):
            self.attempt(name, lambda: core.verify_block(identity_of(name), self.folder.read(name)))

    def claims(self) -> None:
        for name in self.of("writer"):
            self.attempt(name, lambda: self._claim(self.folder.read(name)))

    def _claim(self, data: bytes) -> None:
        if claim_domain(data) != self.domain_id:
            raise SpecError("STORE.CONFLICT")  # [STO-VFY-4]

    # Log

    def log_files(self) -> None:
        parts: List[Part] = []
        for name in self.of("log"):
            self.attempt(name, lambda: parts.append(read_part(name, self.folder.read(name), self.domain_id)))
        for at, part in enumerate(parts):
            self._log_file(part, [higher.base for higher in parts[at + 1 :]])

    def bases(self) -> None:
        """Where a log file is at fault, that it does not reach the next one is no fault of its own [STO-VFY-5]."""
        logs = {fault for fault in self.faults if fault.object.startswith("log/")}
        if any(fault.code != "LOG.BASE" for fault in logs):
            self.faults -= {fault for fault in logs if fault.code == "LOG.BASE"}

    def _log_file(self, part: Part, higher: Sequence[int]) -> None:
        if part.fault is not None:
            self.faults.add(part.fault)
        if part.header.base_manifest_hash != bytes(32):
            self.faults.add(Fault(part.name, "LOG.BASE"))  # [STO-EPO-3]
        if part.torn and not any(base <= part.end for base in higher):
            self.faults.add(Fault(part.name, "LOG.TORN"))  # [STO-EPO-10] [LOG-FRM-3]

    # Segments

    def segments(self) -> None:
        for name in self.of("segments"):
            self.attempt(name, lambda: self._segment(name))

    def _segment(self, name: str) -> None:
        records = segment.decode_segment(self.folder.read(name), identity_of(name))
        extents = {extent for record in records for extent in record.extents if extent != core.EMPTY}
        for block_id in {extent.block for extent in extents}:
            if not self.has("blocks", block_id):
                self.faults.add(Fault(object_name("blocks", block_id), "STORE.MISSING"))  # [STO-ERR-2]
        for record in records:
            if not record.tombstone:
                self._artifact(name, record)

    def _artifact(self, name: str, record: Record) -> None:
        faulty = {fault.object.split("/")[1] for fault in self.faults if fault.object.startswith("blocks/")}
        # Else the fault is the block's [STO-VFY-5].
        if not any(extent.block.hex() in faulty for extent in record.extents):
            self.attempt(name, lambda: read_artifact(self.folder, record))

    # Seals

    def seals(self) -> None:
        if self.store is None or self.history is None:
            return
        sealed: Dict[int, List[bytes]] = {}
        for seal, segment_id in self.store.state(self.store.last).seals:
            if not self.has("segments", segment_id):
                self.faults.add(Fault(object_name("segments", segment_id), "STORE.MISSING"))  # [STO-ERR-2]
            else:
                self.attempt("", lambda: self._sealed(segment_id, sealed.setdefault(seal, [])))

    def _sealed(self, segment_id: bytes, others: List[bytes]) -> None:
        """A segment beside the others of the same seal."""
        assert self.store is not None
        records = self.store.segment(segment_id)
        if any(record.logseq for record in records.values()):
            self._name(segment_id, "SEG.LOGSEQ")  # [IDX-REC-4]
        for other in others:
            if not records.keys().isdisjoint(self.store.segment(other)):
                self._name(segment_id, "IDX.DUPLICATE")  # [IDX-GET-3] [STO-VFY-5]
        others.append(segment_id)

    def _name(self, segment_id: bytes, code: str) -> None:
        self.faults.add(Fault(self.folder.lowest("segments", segment_id), code))


def verify(root: Path) -> List[Fault]:
    """Every object and what it names [STO-VFY-1]; nothing is written [STO-VFY-3]."""
    verifier = Verifier(root)
    if Fault(GENESIS, "STORE.NOT_A_STORE") not in verifier.faults:
        verifier.strays()
        verifier.blocks()  # before the artifacts that lie in them
        verifier.segments()
        verifier.log_files()
        verifier.bases()
        verifier.seals()
        verifier.claims()
    return sorted(verifier.faults)
