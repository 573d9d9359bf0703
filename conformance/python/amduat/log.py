"""ASL/LOG/1: records, chain, file, state, append. The identifiers in brackets are clauses of the document."""

from __future__ import annotations

import hashlib
import hmac
from typing import Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

from . import core, domain, tree
from .errors import SpecError
from .index import Policy, snapshot_id

SEGMENT_SEAL, TOMBSTONE, TOMBSTONE_LIFT, SNAPSHOT_ANCHOR = 1, 2, 3, 4
ARTIFACT_PUBLISH, ARTIFACT_UNPUBLISH, AUTHORITY_ROTATE = 5, 6, 7
KNOWN = range(1, 8)

PREFIX_LENGTH = 33
NO_SALT = bytes(32)
PAYLOAD_LIMIT = 2**24
LOGSEQ_LIMIT = 2**64 - 1

HEADER_LENGTH = 160
MAGIC, VERSION = b"ASLLOG01", 1
FRAME_MAGIC, FRAME_HEADER_LENGTH, FRAME_LIMIT = b"ASLF", 48, 2**26
RECORD_OVERHEAD = 48


def _sha256(*parts: bytes) -> bytes:
    state = hashlib.sha256()
    for part in parts:
        state.update(part)
    return state.digest()


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _read(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


# Bodies: what stands in a payload after its prefix. None says where bytes are [LOG-REC-5].


class SegmentSeal(NamedTuple):
    segment_ids: Tuple[bytes, ...]


class Tombstone(NamedTuple):
    key: bytes
    reason: int  # every u32 [LOG-PAY-5]


class TombstoneLift(NamedTuple):
    tombstone: int


class SnapshotAnchor(NamedTuple):
    snapshot_id: bytes
    snapshot_logseq: int
    state_root: bytes
    public_root: bytes
    manifest_hash: bytes
    logseq: int


class ArtifactPublish(NamedTuple):
    keys: Tuple[bytes, ...]


class ArtifactUnpublish(NamedTuple):
    keys: Tuple[bytes, ...]


class AuthorityRotate(NamedTuple):
    new_key: bytes
    recovery_key: Optional[bytes]
    signature: bytes


Body = Union[
    SegmentSeal, Tombstone, TombstoneLift, SnapshotAnchor, ArtifactPublish, ArtifactUnpublish, AuthorityRotate
]

TYPES = {
    SegmentSeal: SEGMENT_SEAL,
    Tombstone: TOMBSTONE,
    TombstoneLift: TOMBSTONE_LIFT,
    SnapshotAnchor: SNAPSHOT_ANCHOR,
    ArtifactPublish: ARTIFACT_PUBLISH,
    ArtifactUnpublish: ARTIFACT_UNPUBLISH,
    AuthorityRotate: AUTHORITY_ROTATE,
}


def encode_body(body: Body) -> bytes:
    if isinstance(body, SegmentSeal):
        return _u32(len(body.segment_ids)) + b"".join(body.segment_ids)
    if isinstance(body, (ArtifactPublish, ArtifactUnpublish)):
        return _u32(len(body.keys)) + b"".join(body.keys)
    if isinstance(body, Tombstone):
        return body.key + _u32(body.reason)
    if isinstance(body, TombstoneLift):
        return _u64(body.tombstone)
    if isinstance(body, SnapshotAnchor):
        roots = body.state_root + body.public_root + body.manifest_hash
        return body.snapshot_id + _u64(body.snapshot_logseq) + roots + _u64(body.logseq)
    return body.new_key + (body.recovery_key or b"") + body.signature


def _length(data: bytes, *lengths: int) -> None:
    if len(data) not in lengths:
        raise SpecError("LOG.PAYLOAD.LENGTH")  # [LOG-PAY-1]


def _check_key(key: bytes) -> None:
    if int.from_bytes(key[:2], "big") not in core.REGISTRY:
        raise SpecError("LOG.PAYLOAD.HASH_ID")  # [LOG-PAY-4]


def _list(data: bytes, width: int) -> Tuple[bytes, ...]:
    if len(data) < 4:
        raise SpecError("LOG.PAYLOAD.LENGTH")  # [LOG-PAY-1]
    count = _read(data, 0, 4)
    _length(data, 4 + count * width)
    if count == 0:
        raise SpecError("LOG.PAYLOAD.COUNT")  # [LOG-PAY-2]
    items = tuple(data[at : at + width] for at in range(4, len(data), width))
    if any(left >= right for left, right in zip(items, items[1:])):
        raise SpecError("LOG.PAYLOAD.ORDER")  # [LOG-PAY-3]
    return items


def _keys(data: bytes) -> Tuple[bytes, ...]:
    keys = _list(data, core.REFERENCE_LENGTH)
    for key in keys:
        _check_key(key)
    return keys


def decode_body(record_type: int, data: bytes) -> Body:
    """The body of a payload of a known type."""
    if record_type == SEGMENT_SEAL:
        return SegmentSeal(_list(data, 32))
    if record_type == TOMBSTONE:
        _length(data, core.REFERENCE_LENGTH + 4)
        _check_key(data[:34])
        return Tombstone(data[:34], _read(data, 34, 4))
    if record_type == TOMBSTONE_LIFT:
        _length(data, 8)
        return TombstoneLift(_read(data, 0, 8))
    if record_type == SNAPSHOT_ANCHOR:
        _length(data, 144)
        return SnapshotAnchor(
            data[:32], _read(data, 32, 8), data[40:72], data[72:104], data[104:136], _read(data, 136, 8)
        )
    if record_type == ARTIFACT_PUBLISH:
        return ArtifactPublish(_keys(data))
    if record_type == ARTIFACT_UNPUBLISH:
        return ArtifactUnpublish(_keys(data))
    _length(data, 96, 128)  # [LOG-PAY-6]
    return AuthorityRotate(data[:32], data[32:-64] or None, data[-64:])


# Records and chain


class Record(NamedTuple):
    logseq: int
    record_type: int
    payload: bytes
    record_hash: bytes


def chain(previous: bytes, record_type: int, payload: bytes) -> bytes:
    return _sha256(previous, _u32(record_type), payload)  # [LOG-CHN-1]


# File


class Header(NamedTuple):
    domain_id: bytes
    base_logseq: int
    base_record_hash: bytes
    base_manifest_hash: bytes


class Frame(NamedTuple):
    offset: int
    first_logseq: int
    records: bytes


class File(NamedTuple):
    header: Header
    frames: Sequence[Frame]
    clean: bool
    end: int


def encode_header(header: Header) -> bytes:
    fields = b"".join((
        MAGIC,
        _u32(VERSION),
        _u32(HEADER_LENGTH),
        _u64(0),
        header.domain_id,
        _u64(header.base_logseq),
        header.base_record_hash,
        header.base_manifest_hash,
    ))
    return fields + _sha256(fields)


def decode_header(data: bytes, expected_domain: Optional[bytes]) -> Header:
    if len(data) < HEADER_LENGTH:
        raise SpecError("LOG.HEADER.TRUNCATED", len(data))  # [LOG-HDR-1]
    if data[:8] != MAGIC:
        raise SpecError("LOG.MAGIC", 0)  # [LOG-HDR-2]
    if _read(data, 8, 4) != VERSION:
        raise SpecError("LOG.VERSION", 8)  # [LOG-HDR-3]
    if _read(data, 12, 4) != HEADER_LENGTH:
        raise SpecError("LOG.HEADER_SIZE", 12)  # [LOG-HDR-4]
    if _read(data, 16, 8) != 0:
        raise SpecError("LOG.FLAGS", 16)  # [LOG-HDR-5]
    if data[128:160] != _sha256(data[:128]):
        raise SpecError("LOG.HEADER_HASH", 128)  # [LOG-HDR-6]
    header = Header(data[24:56], _read(data, 56, 8), data[64:96], data[96:128])
    if expected_domain is not None and header.domain_id != expected_domain:
        raise SpecError("LOG.DOMAIN", 24)  # [LOG-HDR-7]
    if header.base_logseq == 0 and (header.base_record_hash, header.base_manifest_hash) != (
        header.domain_id,
        bytes(32),
    ):
        raise SpecError("LOG.BASE", 56)  # [LOG-HDR-8] [LOG-CHN-2]
    return header


def encode_frame(first_logseq: int, records: bytes) -> bytes:
    head = FRAME_MAGIC + _u32(len(records)) + _u64(first_logseq)
    return head + _sha256(head, records) + records


def encode_record(record: Record) -> bytes:
    head = _u64(record.logseq) + _u32(record.record_type) + _u32(len(record.payload))
    return head + record.payload + record.record_hash


def _byte_count(data: bytes, at: int) -> int:
    """The byte_count of what may be a good frame, or 0."""
    if data[at : at + 4] != FRAME_MAGIC or len(data) - at < FRAME_HEADER_LENGTH:
        return 0
    byte_count = _read(data, at + 4, 4)
    if byte_count > FRAME_LIMIT or len(data) - at - FRAME_HEADER_LENGTH < byte_count:  # [LOG-FRM-6]
        return 0
    return byte_count


def _good_frame(data: bytes, at: int) -> Optional[Frame]:
    byte_count = _byte_count(data, at)
    start = at + FRAME_HEADER_LENGTH
    records = data[start : start + byte_count]
    if byte_count == 0 or data[at + 16 : start] != _sha256(data[at : at + 16], records):
        return None
    return Frame(at, _read(data, at + 8, 8), records)


def _is_damaged(data: bytes, gap: int, above: int) -> bool:
    """Whether a good frame with a first_logseq above that of the frames before the gap begins behind it."""
    budget = FRAME_LIMIT + 8 * (len(data) - gap)
    at = data.find(FRAME_MAGIC, gap + 1)
    while at >= 0:
        byte_count = _byte_count(data, at)
        if byte_count and _read(data, at + 8, 8) > above:
            budget -= byte_count
            if budget < 0 or _good_frame(data, at) is not None:  # [LOG-FRM-9] [LOG-FRM-4]
                return True
        at = data.find(FRAME_MAGIC, at + 1)
    return False


def read_file(data: bytes, expected_domain: Optional[bytes]) -> File:
    """The good frames, and where they end. Nothing is written, whatever is found [LOG-FRM-5]."""
    header = decode_header(data, expected_domain)
    frames: List[Frame] = []
    at = HEADER_LENGTH
    while True:
        frame = _good_frame(data, at)
        if frame is None:
            break
        frames.append(frame)
        at += FRAME_HEADER_LENGTH + len(frame.records)
    if not data[at:].strip(b"\0"):
        return File(header, frames, True, at)  # [LOG-FRM-2]
    if _is_damaged(data, at, frames[-1].first_logseq if frames else header.base_logseq):
        raise SpecError("LOG.DAMAGED", at)  # [LOG-FRM-4]
    return File(header, frames, False, at)  # [LOG-FRM-3]


def _records_of(frame: Frame) -> List[Record]:
    data, at = frame.records, 0
    records: List[Record] = []
    while at < len(data):
        if len(data) - at < 16:
            raise SpecError("LOG.FRAME", frame.offset)  # [LOG-FRM-6]
        payload_length = _read(data, at + 12, 4)
        if payload_length > PAYLOAD_LIMIT:
            raise SpecError("LOG.LIMIT", frame.offset)  # [LOG-FRM-8]
        if len(data) - at < RECORD_OVERHEAD + payload_length:
            raise SpecError("LOG.FRAME", frame.offset)  # [LOG-FRM-6]
        end = at + 16 + payload_length
        records.append(
            Record(_read(data, at, 8), _read(data, at + 8, 4), data[at + 16 : end], data[end : end + 32])
        )
        at = end + 32
    if records[0].logseq != frame.first_logseq:
        raise SpecError("LOG.SEQ", frame.offset)  # [LOG-FRM-7]
    return records


def read_records(file: File) -> Iterator[Record]:
    """The records in order, valid as far as that shows without the state; later ones are not looked at."""
    return _valid(file.header, [(frame, _records_of(frame)) for frame in file.frames])  # [LOG-FRM-10]


def _valid(header: Header, frames: Sequence[Tuple[Frame, List[Record]]]) -> Iterator[Record]:
    logseq, record_hash = header.base_logseq, header.base_record_hash  # [LOG-CHN-2]
    for frame, records in frames:
        for record in records:
            if record.logseq != logseq + 1:
                raise SpecError("LOG.SEQ", frame.offset)  # [LOG-REC-1]
            if record.record_type == 0:
                raise SpecError("LOG.TYPE", frame.offset)  # [LOG-REC-2]
            if record.record_hash != chain(record_hash, record.record_type, record.payload):
                raise SpecError("LOG.CHAIN", frame.offset)  # [LOG-CHN-1]
            logseq, record_hash = record.logseq, record.record_hash
            yield record


# State


class State:
    """What the records up to a position say; nothing else is read [LOG-RPL-5] [LOG-RPL-6]."""

    def __init__(self, header: Header, is_open: bool) -> None:
        self.domain_id, self.open = header.domain_id, is_open
        self.base = self.position = header.base_logseq
        self.hashes = [header.base_record_hash]
        self.seals: List[Tuple[int, bytes]] = []
        self.policy = Policy()
        self.anchors: List[Tuple[int, int]] = []
        self.types: Set[int] = set()  # [LOG-RPL-9]
        self.unknown_types: Set[int] = set()

    @property
    def record_hash(self) -> bytes:
        return self.hashes[-1]

    def snapshot_id(self, position: int) -> bytes:
        return snapshot_id(self.domain_id, position, self.hashes[position - self.base])

    def public(self, body: Body) -> int:
        """What `public` has to be for the next record, which was checked [LOG-PFX-1]."""
        if self.open:
            return 1
        if isinstance(body, SegmentSeal):
            return 0
        if isinstance(body, Tombstone):
            return 1 if self.policy.is_published(body.key) else 0
        if isinstance(body, TombstoneLift):
            return 1 if self.policy.is_published(self.policy.tombstoned(body.tombstone)) else 0
        return 1

    def check(self, body: Body) -> None:
        """The checks of the next record that need the state."""
        if isinstance(body, TombstoneLift) and self.policy.tombstoned(body.tombstone) is None:
            raise SpecError("LOG.LIFT")  # [LOG-ACT-3]
        if isinstance(body, SnapshotAnchor):
            self._check_anchor(body)

    def _check_anchor(self, anchor: SnapshotAnchor) -> None:
        own, snapshot = self.position + 1, anchor.snapshot_logseq
        last = self.anchors[-1][1] if self.anchors else 0
        if anchor.logseq != own or not 1 <= snapshot < own or snapshot <= last:
            raise SpecError("LOG.ANCHOR.POSITION")  # [LOG-ACT-5]
        # What is below the base of a file by itself is not known [LOG-RPL-8].
        if snapshot >= self.base and anchor.snapshot_id != self.snapshot_id(snapshot):
            raise SpecError("LOG.ANCHOR.SNAPSHOT")  # [LOG-ACT-6]

    def _act(self, body: Body) -> None:
        n = self.position
        if isinstance(body, SegmentSeal):
            self.seals += [(n, segment_id) for segment_id in body.segment_ids]  # [LOG-ACT-1]
        elif isinstance(body, Tombstone):
            self.policy.tombstone(body.key, n)  # [LOG-ACT-2]
        elif isinstance(body, TombstoneLift):
            self.policy.lift(body.tombstone)  # [LOG-ACT-2]
        elif isinstance(body, (ArtifactPublish, ArtifactUnpublish)):
            for key in body.keys:
                self.policy.publish(key, isinstance(body, ArtifactPublish), n)  # [LOG-ACT-2]
        elif isinstance(body, SnapshotAnchor):
            self.anchors.append((n, body.snapshot_logseq))  # [LOG-ACT-4]

    def apply(self, record: Record) -> None:
        body: Optional[Body] = None
        if record.record_type in KNOWN:
            body = self._validate(record)
        else:
            self.unknown_types.add(record.record_type)  # [LOG-REC-3]
        self.types.add(record.record_type)
        self.position = record.logseq
        self.hashes.append(record.record_hash)
        if body is not None:
            self._act(body)

    def _validate(self, record: Record) -> Body:
        # Prefix is complete, form of the body, range of public, state, values of the prefix [§6].
        payload = record.payload
        if len(payload) < PREFIX_LENGTH:
            raise SpecError("LOG.PAYLOAD.LENGTH")  # [LOG-PAY-1]
        body = decode_body(record.record_type, payload[PREFIX_LENGTH:])
        if payload[0] > 1:
            raise SpecError("LOG.PUBLIC")  # [LOG-PFX-1]
        self.check(body)
        if payload[0] != self.public(body):
            raise SpecError("LOG.PUBLIC")  # [LOG-PFX-1]
        if self.open and payload[1:PREFIX_LENGTH] != NO_SALT:
            raise SpecError("LOG.SALT")  # [LOG-PFX-2]; of a closed domain it is not checked [LOG-PFX-4]
        return body


def replay(data: bytes, domain_id: bytes, is_open: bool, to: Optional[int] = None) -> State:
    file = read_file(data, domain_id)
    records = read_records(file)
    state = State(file.header, is_open)
    if to is not None and to < state.base:
        raise SpecError("LOG.TRUNCATED")  # [LOG-RPL-3]
    if to == state.position:
        return state
    for record in records:
        state.apply(record)  # [LOG-RPL-1]
        if state.position == to:  # what comes after is not looked at [LOG-RPL-4]
            return state
    if to is not None:
        raise SpecError("LOG.POSITION")  # [LOG-RPL-2]
    return state


# Append


def next_record(state: State, secret: Optional[bytes], body: Body) -> Record:
    """The record that follows the state [LOG-APP-2]."""
    domain.check_secret(state.open, secret is not None)  # [DOM-SEC-3]
    if state.unknown_types:
        raise SpecError("LOG.PARTIAL")  # [LOG-RPL-7]
    if state.position == LOGSEQ_LIMIT:
        raise SpecError("LOG.LIMIT")  # [LOG-APP-4]
    record_type = TYPES[type(body)]  # a type that is not known has no body [LOG-REC-4]
    if isinstance(body, SnapshotAnchor):
        body = body._replace(logseq=state.position + 1)
    rest = encode_body(body)
    decode_body(record_type, rest)  # [LOG-APP-1]
    state.check(body)  # [LOG-APP-1]
    public = bytes([state.public(body)])
    salt = NO_SALT  # [LOG-PFX-2] [DOM-SEC-2]
    if not state.open and secret is not None:
        message = state.record_hash + _u32(record_type) + public + rest
        salt = hmac.new(secret, message, hashlib.sha256).digest()  # [LOG-PFX-3]
    payload = public + salt + rest
    record_hash = chain(state.record_hash, record_type, payload)
    return Record(state.position + 1, record_type, payload, record_hash)


def encode_log(
    domain_id: bytes, is_open: bool, secret: Optional[bytes], groups: Sequence[Sequence[Body]]
) -> bytes:
    header = Header(domain_id, 0, domain_id, bytes(32))
    state = State(header, is_open)
    out = encode_header(header)
    for group in groups:
        first, records = state.position + 1, b""
        for body in group:
            record = next_record(state, secret, body)
            state.apply(record)
            records += encode_record(record)
        out += encode_frame(first, records)
    return out


# Tree


def leaves(state_records: Sequence[Record]) -> List[bytes]:
    # [LOG-TREE-1]
    return [
        tree.leaf_hash((b"\x01" if record.payload[:1] == b"\x01" else b"\x00") + record.record_hash)
        for record in state_records
    ]
