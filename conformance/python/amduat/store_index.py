"""The rest of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1. Brackets name clauses of the specifications."""

from __future__ import annotations

import re
from typing import Collection, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from .errors import SpecError
from .index import Policy

U64_MAX = 2**64 - 1
STATE_TEXT = re.compile("(0|[1-9][0-9]{0,19})@([0-9a-f]{64})")


# Lookup


class Entry(NamedTuple):
    """What a lookup compares of an index record; `label` stands for the other fields."""

    key: bytes
    logseq: int
    tombstone: bool
    label: str


# A set of records, with at most one for a key [IDX-REC-2]; equal ones are one segment.
Segment = FrozenSet[Entry]
# The seal through which a segment is visible, and the segment; one sealed twice is in two [IDX-VIS-1].
Visible = Tuple[int, Segment]


def segment_of(records: Sequence[Entry]) -> Segment:
    if len({record.key for record in records}) < len(records):
        raise SpecError("IDX.DUPLICATE")  # [IDX-REC-2]
    return frozenset(records)


def _effective(record: Entry, seal: int) -> int:
    return record.logseq or seal  # [IDX-VIS-2]


def lookup(segments: Iterable[Visible], key: bytes, position: int) -> Optional[Entry]:
    """The record that a key has at a position; none for one that is hidden [IDX-GET-2]."""
    found: Dict[int, Dict[Segment, Entry]] = {}
    for seal, segment in segments:
        for record in segment:
            logseq = _effective(record, seal)
            if record.key == key and max(logseq, seal) <= position:  # [IDX-VIS-3]
                found.setdefault(logseq, {})[segment] = record
    if not found:
        return None
    greatest = found[max(found)]  # [IDX-GET-1], in whatever order they were found [IDX-GET-4]
    if len(greatest) > 1:
        raise SpecError("IDX.DUPLICATE")  # [IDX-GET-3]
    (deciding,) = greatest.values()
    return None if deciding.tombstone else deciding


# States


class IndexState(NamedTuple):
    """Equal if and only if both parts are [STX-SNAP-2]."""

    snapshot_id: bytes
    position: int


def format_state(state: IndexState) -> str:
    return f"{state.position}@{state.snapshot_id.hex()}"  # [STX-SNAP-3]


def parse_state(text: str) -> IndexState:
    parts = STATE_TEXT.fullmatch(text)
    if parts is None or int(parts[1]) > U64_MAX:  # a position is a u64 [STX-POS-1]
        raise SpecError("STATE.TEXT")  # [STX-SNAP-3]
    return IndexState(bytes.fromhex(parts[2]), int(parts[1]))


# Verdicts


def _inadmissible(policy: Policy, key: bytes) -> bool:
    return any(row == key and tombstones for row, tombstones, _ in policy.rows())


def verdict(policy: Policy, key: bytes, has_record: bool) -> str:
    """`has_record` is whether a lookup finds a record for the key."""
    if _inadmissible(policy, key):
        return "inadmissible"  # [STX-VER-1] [STX-TMB-2]
    if not has_record:
        return "absent"  # [STX-VER-2]
    return "published" if policy.is_published(key) else "internal"  # [STX-VER-3] [STX-VER-4]


# Open segment


def admit_put(policy: Policy, key: bytes) -> None:
    if _inadmissible(policy, key):
        raise SpecError("STORE.INADMISSIBLE")  # [STX-OPEN-2]


def admit_removal(policy: Policy, key: bytes, has_record: bool, has_open_record: bool) -> None:
    if verdict(policy, key, has_record) == "published":
        raise SpecError("STORE.PUBLISHED")  # [STX-OPEN-4]
    if not has_record and not has_open_record:
        raise SpecError("STORE.ABSENT")  # [STX-OPEN-4]


# Packing


class Slice(NamedTuple):
    """Part of a block, by the number of the block."""

    block: int
    offset: int
    length: int


class Planner:
    """Lays artifacts into blocks of `target` bytes; those of more than `threshold` are large."""

    def __init__(self, target: int, threshold: int) -> None:
        self._target = target
        self._threshold = threshold
        self._current: Optional[int] = None
        self.blocks: List[int] = []

    def _begin(self) -> int:
        self.blocks.append(0)
        return len(self.blocks) - 1

    def _lay(self, block: int, length: int) -> Slice:
        offset = self.blocks[block]
        self.blocks[block] += length
        return Slice(block, offset, length)

    def put(self, length: int) -> List[Slice]:
        """Where the bytes go; no slice for the empty artifact, whose location names no block of a plan."""
        if length == 0:
            return []  # [STX-PACK-3]
        if length > self._threshold:  # [STX-PACK-1]
            starts = range(0, length, self._target)
            return [self._lay(self._begin(), min(self._target, length - start)) for start in starts]
        if self._current is None or self.blocks[self._current] + length > self._target:
            self._current = self._begin()
        return [self._lay(self._current, length)]  # [STX-PACK-2]

    def seal(self) -> None:
        self._current = None  # [STX-PACK-2]


def plan(
    target: int, threshold: int, lengths: Iterable[int], seal_at: Collection[int] = ()
) -> Tuple[List[List[Slice]], List[int]]:
    """Where puts of these lengths go, sealed after the indices in `seal_at`; the lengths of the blocks."""
    planner = Planner(target, threshold)
    placements = []
    for at, length in enumerate(lengths):
        placements.append(planner.put(length))
        if at in seal_at:
            planner.seal()
    return placements, planner.blocks
