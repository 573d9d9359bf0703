"""ASL/STORAGE/1: reading a store folder. The identifiers in brackets are clauses of the documents."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

from . import core, domain, log, roots, segment, store_index
from .errors import SpecError
from .folder import GENESIS, Folder, about, identity_of
from .history import Replay
from .index import Publication, Record


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


def _entry(
    key: bytes, record: Optional[Record], tombstones: Sequence[int], publication: Optional[Publication]
) -> roots.StateEntry:
    said = roots.NEVER if publication is None else roots.PUBLISHED if publication.published else roots.UNPUBLISHED
    if record is None:
        zero = bytes(32)
        return roots.StateEntry(key, False, None, 0, zero, zero, said, tuple(tombstones))
    return roots.StateEntry(
        key, True, record.type_tag, length_of(record), record.domain, record.source, said, tuple(tombstones)
    )


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
        self._states: Dict[int, log.State] = {}  # given again for the same position [STO-RDR-3]

    # Log and states

    @cached_property
    def replay(self) -> Replay:
        """Read when it is first asked for, as `get` does without [STO-RDR-4], and then kept."""
        return Replay(self.folder, self.domain_id, self.genesis.open)

    @property
    def last(self) -> int:
        return self.replay.history.end

    def state(self, position: int) -> log.State:
        """Seals, policy and SnapshotID."""
        if position not in self._states:
            self._states[position] = self.replay.at(position)
        return self._states[position]

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
        return self.visible_of(self.state(position))

    def visible_of(self, state: log.State) -> List[store_index.Visible]:
        return [store_index.Visible(seal, self._marks(each)) for seal, each in state.seals]

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

    def entries(self, state: log.State) -> List[roots.StateEntry]:
        """One for each key of which there is an entry, ascending [CORE-REF-10] [STX-ENT-1]."""
        rows = {key: (tombstones, publication) for key, tombstones, publication in state.policy.rows()}
        visible = self.visible_of(state)
        entries: List[roots.StateEntry] = []
        for key in sorted(set(rows).union(*(entry.segment.records for entry in visible))):
            record = self._found(visible, key, state.position)
            if record is not None or key in rows:  # [STX-VER-5]
                entries.append(_entry(key, record, *rows.get(key, ([], None))))
        return entries

    def keys(self, position: int) -> List[Listed]:
        """Ascending [CORE-REF-10]."""
        state = self.state(position)
        return [
            Listed(
                entry.reference,
                store_index.verdict(state.policy, entry.reference, entry.present),
                entry.length if entry.present else None,
            )
            for entry in self.entries(state)
        ]

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
        for segment_id in sorted({identity_of(name) for name in self.folder.of("segments")}):
            try:
                record = self.segment(segment_id).get(key)
                if record is not None and not record.tombstone:
                    return read_artifact(self.folder, record)
            except SpecError as error:
                errors.append(error)
        raise errors[0] if errors else SpecError("STORE.ABSENT")
