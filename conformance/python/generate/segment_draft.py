"""Index segments made field by field, right or wrong: what is not given follows from the records."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Dict, List, Optional, Sequence, Tuple

import vector_file  # noqa: F401  (makes the implementation importable)

from amduat import segment

EMPTY_BLOCK = hashlib.sha256(b"").digest()


def same(n: int) -> bytes:
    """32 equal bytes: a digest, a BlockID or a DomainID."""
    return bytes([n]) * 32


@dataclass(frozen=True)
class Raw:
    digest: bytes
    logseq: int = 0
    block: int = 0
    offset: int = 0
    length: int = 5
    type_tag: int = 0
    has_type_tag: int = 0
    flags: int = 0
    visibility: int = 0
    reserved: int = 0
    domain: int = 0
    source: int = 0

    def encode(self) -> bytes:
        widths = ((self.logseq, 8), (self.block, 4), (self.offset, 4), (self.length, 4), (self.type_tag, 4),
                  (self.has_type_tag, 1), (self.flags, 1), (self.visibility, 1), (self.reserved, 1),
                  (self.domain, 2), (self.source, 2))
        return self.digest + b"".join(value.to_bytes(width, "little") for value, width in widths)


def tombstone(digest: bytes, **fields: int) -> Raw:
    return replace(Raw(digest, length=0, flags=1), **fields)


def multi(digest: bytes, first: int, count: int, **fields: int) -> Raw:
    return replace(Raw(digest, block=first, offset=count, length=0, flags=2), **fields)


Extent = Tuple[int, int, int, int]  # block, offset, length, reserved


@dataclass(frozen=True)
class Draft:
    records: Sequence[Raw]
    extents: Sequence[Extent] = ()
    blocks: Sequence[bytes] = (same(0xB0),)
    domains: Sequence[bytes] = ()
    magic: bytes = b"ASLSEG01"
    version: int = 1
    header_size: int = 128
    flags: int = 0
    hash_id: int = 1
    counts: Dict[int, int] = field(default_factory=dict)  # offset in the header → value
    first: Optional[bytes] = None
    last: Optional[bytes] = None
    fan_out: Optional[Sequence[int]] = None
    bloom: Optional[bytes] = None
    records_at: Optional[int] = None

    @property
    def digests(self) -> List[bytes]:
        return [record.digest for record in self.records]

    def header(self) -> bytes:
        out = bytearray(128)
        out[0:8] = self.magic
        for at, width, value in ((8, 4, self.version), (12, 4, self.header_size), (16, 8, self.flags),
                                 (24, 2, self.hash_id), (28, 4, len(self.records)),
                                 (32, 4, len(self.extents)),
                                 (36, 4, len(self.blocks)), (40, 4, len(self.domains))):
            out[at : at + width] = value.to_bytes(width, "little")
        for at, value in self.counts.items():
            out[at : at + 4] = value.to_bytes(4, "little")
        out[48:80] = self.digests[0] if self.first is None else self.first
        out[80:112] = self.digests[-1] if self.last is None else self.last
        return bytes(out)

    def data(self) -> bytes:
        bloom = segment._bloom(self.digests) if self.bloom is None else self.bloom
        entries = segment._fan_out(self.digests) if self.fan_out is None else self.fan_out
        start = self.header() + bloom + b"".join(entry.to_bytes(4, "little") for entry in entries)
        records_at = -(-len(start) // 4096) * 4096 if self.records_at is None else self.records_at
        body = b"".join(record.encode() for record in self.records)
        for extent in self.extents:
            body += b"".join(value.to_bytes(4, "little") for value in extent)
        whole = start.ljust(records_at, b"\0") + body + b"".join(self.blocks) + b"".join(self.domains)
        return whole + (len(whole) + 16).to_bytes(8, "little") + b"ASLSEGND"

    def having(self, **fields: object) -> "Draft":
        return replace(self, **fields)  # type: ignore[arg-type]

    def with_record(self, i: int, **fields: int) -> "Draft":
        records = list(self.records)
        records[i] = replace(records[i], **fields)
        return replace(self, records=records)
