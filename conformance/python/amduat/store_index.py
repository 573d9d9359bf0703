"""ASL/1-CORE-INDEX and ASL/STORE-INDEX/1: lookup, states, policy, verdicts, the open segment, packing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Iterable, List, Literal, Optional, Sequence, Tuple

from .errors import SpecError
from .index import Policy, snapshot_id

Verdict = Literal["inadmissible", "absent", "internal", "published"]

U64_MAX = 2**64 - 1
BLOCK_LENGTH_MAX = 2**30
STATE_TEXT = re.compile(r"(0|[1-9][0-9]{0,19})@([0-9a-f]{64})")


@dataclass(frozen=True)
class Record:
    key: bytes
    logseq: int
    tombstone: bool
    label: str


@dataclass(frozen=True)
class Segment:
    """Records by key, so that segments of equal records are equal, whatever their order."""

    records: Dict[bytes, Record]


@dataclass(frozen=True)
class Visible:
    seal: int
    segment: Segment


def make_segment(records: Iterable[Record]) -> Segment:
    by_key: Dict[bytes, Record] = {}
    for record in records:
        if record.key in by_key:
            raise SpecError("IDX.DUPLICATE", subject=record.key.hex())  # [IDX-REC-2]
        by_key[record.key] = record
    return Segment(by_key)


def lookup(visible: Sequence[Visible], key: bytes, position: int) -> Optional[Record]:
    """The record of a key at a position, or None where it is hidden or was never present."""
    found: List[Tuple[int, Record, Segment]] = []
    for entry in visible:
        record = entry.segment.records.get(key)
        if record is None:
            continue
        effective = record.logseq or entry.seal  # [IDX-VIS-2]
        if max(effective, entry.seal) <= position:  # [IDX-VIS-3]
            found.append((effective, record, entry.segment))
    if not found:
        return None  # [IDX-GET-2]
    greatest = max(effective for effective, _, _ in found)
    (record, segment), *others = [(record, segment) for at, record, segment in found if at == greatest]  # [IDX-GET-1]
    if any(other != segment for _, other in others):
        raise SpecError("IDX.DUPLICATE", subject=key.hex())  # [IDX-GET-3]
    return None if record.tombstone else record  # [IDX-GET-2]


@dataclass(frozen=True)
class IndexState:
    """Equal if and only if both parts are [STX-SNAP-2]."""

    snapshot_id: bytes
    position: int


def state_at(domain_id: bytes, position: int, record_hash: bytes) -> IndexState:
    return IndexState(snapshot_id(domain_id, position, record_hash), position)


def format_state(state: IndexState) -> str:
    return f"{state.position}@{state.snapshot_id.hex()}"  # [STX-SNAP-3]


def parse_state(text: str) -> IndexState:
    match = STATE_TEXT.fullmatch(text)
    if match is None or int(match[1]) > U64_MAX:
        raise SpecError("STATE.TEXT")  # [STX-SNAP-3]
    return IndexState(bytes.fromhex(match[2]), int(match[1]))


def lift(policy: Policy, tombstone: int) -> None:
    if policy.tombstoned(tombstone) is None:
        raise SpecError("LOG.LIFT", subject=str(tombstone))  # [STX-POL-2]
    policy.lift(tombstone)


def verdict(policy: Policy, key: bytes, has_record: bool) -> Verdict:
    _, tombstones, publication = next((row for row in policy.rows() if row[0] == key), (key, [], None))
    if tombstones:
        return "inadmissible"  # [STX-VER-1]
    if not has_record:
        return "absent"  # [STX-VER-2]
    if publication is not None and publication.published:
        return "published"  # [STX-VER-3]
    return "internal"  # [STX-VER-4]


def admit_put(said: Verdict) -> None:
    if said == "inadmissible":
        raise SpecError("STORE.INADMISSIBLE")  # [STX-OPEN-2]


def admit_removal(said: Verdict, has_record: bool, has_open_record: bool) -> None:
    if said == "published":
        raise SpecError("STORE.PUBLISHED")  # [STX-OPEN-4]
    if not (has_record or has_open_record):
        raise SpecError("STORE.ABSENT")  # [STX-OPEN-4]


@dataclass(frozen=True)
class Extent:
    block: int
    offset: int
    length: int


class Planner:
    """Blocks are numbered as they are begun; `blocks` holds their lengths."""

    def __init__(self, target: int, threshold: int) -> None:
        if not 1 <= target <= BLOCK_LENGTH_MAX or not 0 <= threshold <= target:
            raise ValueError("the target is 1 to 2^30 bytes and the threshold at most the target")
        self.target = target
        self.threshold = threshold
        self.blocks: List[int] = []
        self.current: Optional[int] = None

    def put(self, length: int) -> List[Extent]:
        if length == 0:
            return []  # [STX-PACK-3]: the location of ASL/1-CORE §7 names none of these blocks
        return self._large(length) if length > self.threshold else [self._small(length)]

    def seal(self) -> None:
        self.current = None  # [STX-PACK-2]

    def _large(self, length: int) -> List[Extent]:
        pieces = [min(self.target, length - at) for at in range(0, length, self.target)]
        return [Extent(self._begin(piece), 0, piece) for piece in pieces]  # [STX-PACK-1]

    def _small(self, length: int) -> Extent:
        if self.current is None or self.blocks[self.current] + length > self.target:
            self.current = self._begin(0)
        offset = self.blocks[self.current]
        self.blocks[self.current] += length
        return Extent(self.current, offset, length)  # [STX-PACK-2]

    def _begin(self, length: int) -> int:
        self.blocks.append(length)
        return len(self.blocks) - 1
