"""The log of a store, laid from its files, and replay from anchors: ASL/STORAGE/1 §6, ASL/LOG/1 §8.

The identifiers in brackets are clauses of the documents.
"""

from __future__ import annotations

from functools import cached_property
from typing import Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from . import log, snapshot
from .errors import SpecError
from .folder import Fault, Folder, about, number_of
from .index import snapshot_id
from .kept import Kept, kept_record, read_kept, records_of

NO_HASH = bytes(32)


# Log files


class Part(NamedTuple):
    """What one log file says by itself."""

    name: str
    header: log.Header
    records: Sequence[log.Record]
    invalid: Mapping[int, str]  # codes, by the logseq of such a record [LOG-RPL-4]
    fault: Optional[Fault]  # of the record after these, which has no place among them [LOG-REC-1]
    torn: bool

    @property
    def base(self) -> int:
        return self.header.base_logseq

    @property
    def end(self) -> int:
        return self.base + len(self.records)

    @property
    def is_cut(self) -> bool:
        return self.header.base_manifest_hash != NO_HASH  # [LOG-CUT-2]


def read_part(name: str, data: bytes, domain_id: Optional[bytes]) -> Part:
    with about(name):
        file = log.read_file(data, domain_id)
        log.read_records(file)  # takes every frame apart [LOG-FRM-10]
    records: List[log.Record] = []
    invalid: Dict[int, str] = {}
    fault = None
    record_hash = file.header.base_record_hash
    for record in (record for frame in file.frames for record in records_of(frame)):
        if record.logseq != file.header.base_logseq + len(records) + 1:
            fault = Fault(name, "LOG.SEQ")  # [LOG-REC-1]
            break
        if record.record_type == 0:
            invalid[record.logseq] = "LOG.TYPE"  # [LOG-REC-2]
        elif record.record_hash != log.chain(record_hash, record.record_type, record.payload):
            invalid[record.logseq] = "LOG.CHAIN"  # [LOG-CHN-1]
        records.append(record)
        record_hash = record.record_hash
    return Part(name, file.header, records, invalid, fault, not file.clean)


def needed_parts(folder: Folder, domain_id: bytes) -> List[Part]:
    """From the lowest up, the log files that have a record of the log, or are the greatest [STO-EPO-4].

    Nothing below a cut is needed [STO-CUT-4].
    """
    parts: List[Part] = []
    for name in reversed(folder.of("log")):
        if parts and (parts[-1].base == 0 or parts[-1].is_cut):
            break
        data = folder.read(name)
        with about(name):
            header = log.decode_header(data, domain_id)
        is_cut = header.base_manifest_hash != NO_HASH
        if not parts or header.base_logseq < parts[-1].base + is_cut:
            parts.append(read_part(name, data, domain_id))
    return parts[::-1]


class Entry(NamedTuple):
    """A record of the log and the file it stands in."""

    name: str
    record: log.Record
    code: Optional[str]  # of a record that is invalid by itself


class History(NamedTuple):
    header: log.Header  # of the lowest part
    name: str
    entries: Sequence[Entry]
    fault: Optional[Fault]  # of the record after these

    @property
    def base(self) -> int:
        return self.header.base_logseq

    @property
    def end(self) -> int:
        return self.base + len(self.entries)

    def above(self, position: int) -> Sequence[Entry]:
        return self.entries[position - self.base :]

    def record_hash(self, position: int) -> bytes:
        if position == self.base:
            return self.header.base_record_hash
        return self.entries[position - self.base - 1].record.record_hash


def lay(parts: Sequence[Part], domain_id: bytes) -> History:
    if not parts:
        return History(log.Header(domain_id, 0, domain_id, NO_HASH), "", [], None)
    first = parts[0]
    if first.base and not first.is_cut:
        raise SpecError("LOG.BASE", subject=first.name)  # [STO-EPO-5] [STO-VFY-5]
    history = History(first.header, first.name, _entries(first), first.fault)
    below = first.name
    for part in parts[1:]:
        if part.base > history.end and history.fault is not None:
            break  # the positions from that record on are undefined [LOG-RPL-4]
        if part.base > history.end or part.header.base_record_hash != history.record_hash(part.base):
            raise SpecError("LOG.BASE", subject=below)  # [STO-EPO-5] [STO-VFY-5]
        below = part.name
        # A fault above the base is of no record that is read [STO-EPO-6].
        entries = [*history.entries[: part.base - history.base], *_entries(part)]
        history = history._replace(entries=entries, fault=part.fault)
    return history


def _entries(part: Part) -> List[Entry]:
    return [Entry(part.name, record, part.invalid.get(record.logseq)) for record in part.records]


# Snapshots


class Snapshot(NamedTuple):
    """What is left of the records up to a position: the state that they give [STX-MAN-11]."""

    manifest: snapshot.Manifest
    rows: Sequence[snapshot.Row]


def read_manifest(folder: Folder, named: bytes, expected: Optional[snapshot.Expected]) -> snapshot.Manifest:
    name = folder.lowest("snapshots", named)
    with about(name):
        return snapshot.decode_manifest(folder.read(name), named, expected)


def read_policy(folder: Folder, named: bytes, position: Optional[int]) -> List[snapshot.Row]:
    name = folder.lowest("policies", named)
    with about(name):
        return snapshot.decode_policy(folder.read(name), named, position)


class Anchor(NamedTuple):
    """An anchor that is right by itself, and the object it stands in."""

    name: str
    logseq: int
    body: log.SnapshotAnchor

    @property
    def position(self) -> int:
        return self.body.snapshot_logseq


def anchors_of(name: str, record: log.Record) -> Iterator[Anchor]:
    """The anchor that a record is, or none."""
    if record.record_type != log.SNAPSHOT_ANCHOR or len(record.payload) < log.PREFIX_LENGTH:
        return
    try:
        body = log.decode_body(record.record_type, record.payload[log.PREFIX_LENGTH :])
    except SpecError:
        return
    assert isinstance(body, log.SnapshotAnchor)
    if body.logseq == record.logseq and 1 <= body.snapshot_logseq < record.logseq:  # [LOG-ACT-5]
        yield Anchor(name, record.logseq, body)


class KeptRecord(NamedTuple):
    """A record that a cut kept, and the object it stands in."""

    name: str
    record: log.Record


# States


class State(log.State):
    """A state of a log of which the beginning may be cut off."""

    def start(self, position: int, hashes: Sequence[bytes], given: Snapshot) -> None:
        """Puts what a snapshot gives in the place of the records up to its position [LOG-RPL-10]."""
        manifest = given.manifest
        self.position, self.hashes = position, list(hashes)
        self.seals = list(manifest.segments)
        for row in given.rows:
            for logseq in row.tombstones:
                self.policy.tombstone(row.key, logseq)
            if row.publication is not None:
                self.policy.publish(row.key, *row.publication)
        self.types = set(manifest.types)  # [LOG-RPL-9]
        self.unknown_types = self.types.difference(log.KNOWN)
        self.anchors = [(0, manifest.anchored)] if manifest.anchored else []


class Replay:
    """Replay of the log of a store to its positions."""

    def __init__(self, folder: Folder, domain_id: bytes, is_open: bool) -> None:
        self.folder, self.domain_id, self.is_open = folder, domain_id, is_open
        self.history = lay(needed_parts(folder, domain_id), domain_id)
        self.anchors = [anchor for name, record, _ in self.history.entries for anchor in anchors_of(name, record)]
        if self.history.base and self.snapshot_at(self.history.base) is None:
            raise SpecError("LOG.BASE", subject=self.history.name)  # [LOG-CUT-2]

    @cached_property
    def kept(self) -> Kept:
        return read_kept(self.folder, self.history.header)

    @cached_property
    def kept_records(self) -> List[KeptRecord]:
        """Those that cuts kept; a record that is not that of its leaf is none."""
        records: List[KeptRecord] = []
        for name in self.folder.of("records"):
            if number_of(name) <= self.history.base:
                try:
                    record = kept_record(name, self.folder.read(name))
                    self.kept.check(name, record)
                except SpecError as error:
                    if error.code == "STORE.IO":
                        raise  # [STO-ERR-4]
                    continue
                records.append(KeptRecord(name, record))
        return records

    @cached_property
    def kept_anchors(self) -> List[Anchor]:
        return [anchor for name, record in self.kept_records for anchor in anchors_of(name, record)]

    # Snapshots

    def record_hash(self, position: int) -> bytes:
        below = position < self.history.base
        return self.kept.record_hash(position) if below else self.history.record_hash(position)

    def expected(self, position: int) -> snapshot.Expected:
        return snapshot.Expected(self.domain_id, position, self.record_hash(position), self.is_open)

    def names_snapshot(self, anchor: Anchor) -> bool:
        """[LOG-ACT-6] [LOG-CUT-4]"""
        own = snapshot_id(self.domain_id, anchor.position, self.record_hash(anchor.position))
        return anchor.body.snapshot_id == own

    def manifest(self, anchor: Anchor) -> Optional[snapshot.Manifest]:
        """Nothing if it is lost; refused if it makes the anchor false [LOG-RPL-11] [LOG-RPL-12]."""
        try:
            return read_manifest(self.folder, anchor.body.manifest_hash, self.expected(anchor.position))
        except SpecError as error:
            if error.code in ("STORE.MISSING", "MANIFEST.DIGEST"):
                return None
            raise

    def snapshot(self, anchor: Anchor) -> Optional[Snapshot]:
        """Nothing where the anchor is not one to start from."""
        try:
            manifest = self.manifest(anchor) if self.names_snapshot(anchor) else None
            if manifest is None:
                return None
            return Snapshot(manifest, read_policy(self.folder, manifest.policy_hash, anchor.position))
        except SpecError as error:
            if error.code == "STORE.IO":
                raise  # [STO-ERR-4]
            return None

    def snapshot_at(self, position: int) -> Optional[Snapshot]:
        """That of an anchor which names the position; at the base, the manifest too is given [LOG-CUT-2]."""
        manifest_hash = self.history.header.base_manifest_hash
        for anchor in self.anchors:
            is_of_base = position != self.history.base or anchor.body.manifest_hash == manifest_hash
            if anchor.position == position and is_of_base:
                given = self.snapshot(anchor)
                if given is not None:
                    return given
        return None

    # Positions

    def _state(self, header: log.Header) -> State:
        return State(header, self.is_open)

    def start_at(self, position: int, given: Optional[Snapshot]) -> State:
        """The state that a snapshot of a position at or above the base gives; without one, the empty state."""
        state = self._state(self.history.header)
        if given is not None:
            base = self.history.base
            state.start(position, [self.record_hash(at) for at in range(base, position + 1)], given)
        return state

    def nearest(self, position: int) -> State:
        """[LOG-RPL-10]"""
        positions = {anchor.position for anchor in self.anchors}
        for at in sorted(positions, reverse=True):
            given = self.snapshot_at(at) if self.history.base <= at <= position else None
            if given is not None:
                return self.start_at(at, given)
        return self.start_at(0, None)  # of a log that is not cut

    def apply(self, state: State, entry: Entry) -> None:
        with about(entry.name):
            if entry.code is not None:
                raise SpecError(entry.code)
            state.apply(entry.record)

    def _check_true(self, entry: Entry) -> None:
        for anchor in anchors_of(entry.name, entry.record):
            self.manifest(anchor)  # [LOG-RPL-12]

    def at(self, position: int) -> log.State:
        history = self.history
        if position > history.end:
            fault = history.fault
            if fault is not None:
                raise SpecError(fault.code, subject=fault.object)  # [LOG-RPL-4]
            raise SpecError("LOG.POSITION")  # [LOG-RPL-2]
        if position < history.base:
            return self._below(position)
        state = self.nearest(position)
        for entry in history.above(state.position)[: position - state.position]:
            self.apply(state, entry)
            self._check_true(entry)
        return state

    def below(self, position: int, given: Snapshot) -> State:
        """The state of a snapshot below the base."""
        header = log.Header(self.domain_id, position, self.record_hash(position), NO_HASH)
        state = self._state(header)
        state.start(position, [header.base_record_hash], given)
        return state

    def _below(self, position: int) -> log.State:
        """[LOG-RPL-13]; the snapshot of position 0 is the genesis manifest (ASL/STORAGE/1 §3)."""
        if position == 0:
            return self._state(log.Header(self.domain_id, 0, self.domain_id, NO_HASH))
        for anchor in [*self.kept_anchors, *self.anchors]:
            given = self.snapshot(anchor) if anchor.position == position else None
            if given is not None:
                return self.below(position, given)
        raise SpecError("LOG.TRUNCATED")  # [LOG-RPL-3]
