"""ASL/STORE-INDEX/1 §12 and §13: the policy table file and the manifest. Brackets name clauses."""

from __future__ import annotations

import hashlib
from typing import List, NamedTuple, Optional, Sequence, Tuple

from . import core, tree
from .errors import SpecError
from .index import Publication

PAGE = 4096
POLICY_MAGIC, POLICY_VERSION, POLICY_HEADER = b"ASLPOL01", 1, 64
ROW, LOGSEQ, PAIR = 56, 8, 16

MANIFEST_MAGIC, MANIFEST_VERSION, MANIFEST_FIXED = b"ASLMAN01", 1, 168
SEGMENT, TYPE = 40, 4


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _read(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


def _list(data: bytes, at: int, width: int, count: int) -> List[int]:
    return [_read(data, at + width * i, width) for i in range(count)]


# Policy table


class Row(NamedTuple):
    key: bytes
    tombstones: Tuple[int, ...]
    publication: Optional[Publication]


def policy_hash(data: bytes) -> bytes:
    pages = range(0, len(data), PAGE)
    return tree.root_hash([tree.leaf_hash(data[at : at + PAGE]) for at in pages])  # [STX-PTB-2]


def _pairs(rows: Sequence[Row]) -> List[Tuple[int, int]]:
    return sorted((logseq, i) for i, row in enumerate(rows) for logseq in row.tombstones)


def encode_policy(rows: Sequence[Row]) -> bytes:
    """The table of rows in ascending order of their keys [STX-PTB-1]."""
    body = b""
    logseqs: List[int] = []
    for row in rows:
        publication = 0 if row.publication is None else 1 if row.publication.published else 2
        body += row.key + bytes([publication, 0]) + _u32(len(row.tombstones)) + _u64(len(logseqs))
        body += _u64(0 if row.publication is None else row.publication.logseq)
        logseqs += row.tombstones
    head = POLICY_MAGIC + _u32(POLICY_VERSION) + _u32(POLICY_HEADER) + bytes(8)
    header = head + _u64(len(rows)) + _u64(len(logseqs)) + bytes(24)
    pairs = (_u64(logseq) + _u64(i) for logseq, i in _pairs(rows))
    return b"".join((header, body, *map(_u64, logseqs), *pairs))


def _policy_header(data: bytes) -> Tuple[int, int]:
    """How many rows and how many tombstones there are."""
    if len(data) < POLICY_HEADER:
        raise SpecError("POLICY.TRUNCATED", len(data))  # [STX-PTB-3]
    if data[:8] != POLICY_MAGIC:
        raise SpecError("POLICY.MAGIC", 0)  # [STX-PTB-4]
    if _read(data, 8, 4) != POLICY_VERSION:
        raise SpecError("POLICY.VERSION", 8)  # [STX-PTB-5]
    if _read(data, 12, 4) != POLICY_HEADER or any(data[16:24]) or any(data[40:64]):
        raise SpecError("POLICY.HEADER", 12)  # [STX-PTB-6]
    rows, tombstones = _read(data, 24, 8), _read(data, 32, 8)
    if len(data) != POLICY_HEADER + ROW * rows + (LOGSEQ + PAIR) * tombstones:
        raise SpecError("POLICY.LENGTH", 24)  # [STX-PTB-7]
    return rows, tombstones


def _row(data: bytes, at: int, before: Optional[bytes], logseqs: Sequence[int], used: int) -> Row:
    """The row at an offset, after one with the key `before` and as many tombstones as are used."""
    key = data[at : at + 34]
    if int.from_bytes(key[:2], "big") not in core.REGISTRY:
        raise SpecError("CORE.HASH_ID", at)  # [STX-PTB-8]
    if before is not None and key <= before:
        raise SpecError("POLICY.ORDER", at)  # [STX-PTB-9]
    publication, reserved = data[at + 34], data[at + 35]
    count, first, logseq = _read(data, at + 36, 4), _read(data, at + 40, 8), _read(data, at + 48, 8)
    own = tuple(logseqs[used : used + count])
    if (
        publication > 2
        or reserved != 0
        or first != used
        or (publication == 0) != (logseq == 0)
        or (publication == 0 and count == 0)
        or len(own) < count
        or any(above <= below for below, above in zip((0, *own), own))
    ):
        raise SpecError("POLICY.ROW", at)  # [STX-PTB-10]
    return Row(key, own, None if publication == 0 else Publication(publication == 1, logseq))


def decode_policy(data: bytes, expected: Optional[bytes] = None, position: Optional[int] = None) -> List[Row]:
    if expected is not None and policy_hash(data) != expected:
        raise SpecError("POLICY.DIGEST")  # [STX-PTB-2]
    row_count, tombstone_count = _policy_header(data)
    at = POLICY_HEADER + ROW * row_count
    logseqs = _list(data, at, LOGSEQ, tombstone_count)
    rows: List[Row] = []
    used = 0
    for i in range(row_count):
        before = rows[-1].key if rows else None
        rows.append(_row(data, POLICY_HEADER + ROW * i, before, logseqs, used))
        used += len(rows[-1].tombstones)
    if used != tombstone_count:
        raise SpecError("POLICY.TOMBSTONES", 32)  # [STX-PTB-11]
    at += LOGSEQ * tombstone_count
    numbers = _list(data, at, 8, 2 * tombstone_count)
    pairs = list(zip(numbers[::2], numbers[1::2]))
    if pairs != _pairs(rows) or any(above[0] <= below[0] for below, above in zip(pairs, pairs[1:])):
        raise SpecError("POLICY.INDEX", at)  # [STX-PTB-12]
    if position is not None:
        published = [row.publication.logseq for row in rows if row.publication is not None]
        if any(logseq > position for logseq in logseqs + published):
            raise SpecError("POLICY.POSITION")  # [STX-PTB-13]
    return rows


# Manifest


class Manifest(NamedTuple):
    position: int
    blind: bytes
    domain_id: bytes
    record_hash: bytes
    policy_hash: bytes
    anchored: int
    segments: Tuple[Tuple[int, bytes], ...]
    types: Tuple[int, ...]


class Expected(NamedTuple):
    """What is known of the state whose manifest is read."""

    domain_id: bytes
    position: int
    record_hash: bytes
    open: bool


def manifest_hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()  # [STX-MAN-1]


def encode_manifest(manifest: Manifest) -> bytes:
    # [STX-MAN-1]
    return b"".join((
        MANIFEST_MAGIC,
        *map(_u32, (MANIFEST_VERSION, len(manifest.segments), len(manifest.types), 0)),
        _u64(manifest.position),
        manifest.blind,
        manifest.domain_id,
        manifest.record_hash,
        manifest.policy_hash,
        _u64(manifest.anchored),
        *(_u64(logseq) + segment_id for logseq, segment_id in manifest.segments),
        *map(_u32, manifest.types),
    ))


def _counts(data: bytes) -> Tuple[int, int]:
    """How many segments and how many types there are."""
    if len(data) < MANIFEST_FIXED:
        raise SpecError("MANIFEST.TRUNCATED", len(data))  # [STX-MAN-2]
    if data[:8] != MANIFEST_MAGIC:
        raise SpecError("MANIFEST.MAGIC", 0)  # [STX-MAN-3]
    if _read(data, 8, 4) != MANIFEST_VERSION:
        raise SpecError("MANIFEST.VERSION", 8)  # [STX-MAN-4]
    if _read(data, 20, 4) != 0:
        raise SpecError("MANIFEST.RESERVED", 20)  # [STX-MAN-5]
    segments, types = _read(data, 12, 4), _read(data, 16, 4)
    if len(data) != MANIFEST_FIXED + SEGMENT * segments + TYPE * types:
        raise SpecError("MANIFEST.LENGTH", 12)  # [STX-MAN-6]
    return segments, types


def _ascending(items: Sequence[object]) -> bool:
    return all(below < above for below, above in zip(items, items[1:]))  # type: ignore[operator]


def _check_values(manifest: Manifest) -> None:
    position, segments = manifest.position, manifest.segments
    if position == 0 or manifest.anchored >= position or any(seal > position for seal, _ in segments):
        raise SpecError("MANIFEST.POSITION")  # [STX-MAN-7]
    if not _ascending(segments) or not _ascending(manifest.types):
        raise SpecError("MANIFEST.ORDER")  # [STX-MAN-8]
    if not manifest.types or 0 in manifest.types:
        raise SpecError("MANIFEST.TYPES")  # [STX-MAN-9]


def _check_expected(manifest: Manifest, expected: Expected) -> None:
    # [STX-MAN-10]
    if manifest.domain_id != expected.domain_id:
        raise SpecError("MANIFEST.DOMAIN", 64)
    if (manifest.position, manifest.record_hash) != (expected.position, expected.record_hash):
        raise SpecError("MANIFEST.SNAPSHOT")
    if expected.open and any(manifest.blind):
        raise SpecError("MANIFEST.BLIND", 32)


def decode_manifest(
    data: bytes, named: Optional[bytes] = None, expected: Optional[Expected] = None
) -> Manifest:
    if named is not None and manifest_hash(data) != named:
        raise SpecError("MANIFEST.DIGEST")  # [STX-MAN-1]
    segment_count, type_count = _counts(data)
    types_at = MANIFEST_FIXED + SEGMENT * segment_count
    segments_at = range(MANIFEST_FIXED, types_at, SEGMENT)
    manifest = Manifest(
        _read(data, 24, 8), data[32:64], data[64:96], data[96:128], data[128:160], _read(data, 160, 8),
        tuple((_read(data, at, 8), data[at + 8 : at + 40]) for at in segments_at),
        tuple(_list(data, types_at, TYPE, type_count)),
    )  # fmt: skip
    _check_values(manifest)
    if expected is not None:
        _check_expected(manifest, expected)
    return manifest
