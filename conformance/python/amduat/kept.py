"""What a cut keeps of the records it drops: ASL/STORAGE/1 §10.2. Brackets name clauses."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence, Tuple

from . import log
from .errors import SpecError
from .folder import Folder, about, number_of, numbered_name

LEAF = 33
KEPT_TYPES = (log.SNAPSHOT_ANCHOR, log.AUTHORITY_ROTATE)


def decode_record(data: bytes, at: int = 0) -> Tuple[log.Record, int]:
    """A record as it stands in a frame, and where it ends."""
    if len(data) - at < log.RECORD_OVERHEAD:
        raise SpecError("STORE.CONFLICT", at)
    logseq = int.from_bytes(data[at : at + 8], "little")
    record_type = int.from_bytes(data[at + 8 : at + 12], "little")
    end = at + 16 + int.from_bytes(data[at + 12 : at + 16], "little")
    if len(data) < end + 32:
        raise SpecError("STORE.CONFLICT", at)
    return log.Record(logseq, record_type, data[at + 16 : end], data[end : end + 32]), end + 32


def records_of(frame: log.Frame) -> List[log.Record]:
    """Of a frame that was taken apart before [LOG-FRM-10]."""
    records: List[log.Record] = []
    at = 0
    while at < len(frame.records):
        record, at = decode_record(frame.records, at)
        records.append(record)
    return records


def kept_record(name: str, data: bytes) -> log.Record:
    """Alone in its object, of the logseq that names it and of a type that is kept [STO-CUT-1]."""
    with about(name):
        record, end = decode_record(data)
        if end != len(data) or record.logseq != number_of(name) or record.record_type not in KEPT_TYPES:
            raise SpecError("STORE.CONFLICT")
    return record


def kept_leaves(name: str, data: bytes) -> List[bytes]:
    """Leaf data of 33 bytes each, which begin with 0 or 1 [LOG-TREE-1]."""
    leaves = [data[at : at + LEAF] for at in range(0, len(data), LEAF)]
    if not leaves or len(leaves[-1]) != LEAF or any(leaf[0] > 1 for leaf in leaves):
        raise SpecError("STORE.CONFLICT", subject=name)
    return leaves


class Kept(NamedTuple):
    """The leaves of the records 1 to the base."""

    domain_id: bytes
    leaves: Sequence[bytes]

    def record_hash(self, position: int) -> bytes:
        return self.leaves[position - 1][1:] if position else self.domain_id

    def check(self, name: str, record: log.Record) -> None:
        """A kept record is that of its leaf."""
        public = b"\1" if record.payload[:1] == b"\1" else b"\0"
        previous = self.record_hash(record.logseq - 1)
        if (
            public + record.record_hash != self.leaves[record.logseq - 1]
            or log.chain(previous, record.record_type, record.payload) != record.record_hash
        ):
            raise SpecError("STORE.CONFLICT", subject=name)


def read_kept(folder: Folder, header: log.Header) -> Kept:
    """Back from the base to record 1; leaves of a cut that did not come to its end are passed over [STO-DUR-4]."""
    leaves: List[bytes] = []
    there = set(folder.of("leaves"))
    left, above = header.base_logseq, ""
    while left:
        name = numbered_name("leaves", left)
        if name not in there:
            # The leaves above do not follow those of any cut [STO-CUT-5].
            raise SpecError("STORE.CONFLICT", subject=above or name)
        own = kept_leaves(name, folder.read(name))
        is_another = not above and own[-1][1:] != header.base_record_hash
        if len(own) > left or is_another:
            raise SpecError("STORE.CONFLICT", subject=name)  # [STO-CUT-5]
        leaves = own + leaves
        left, above = left - len(own), name
    return Kept(header.domain_id, leaves)
