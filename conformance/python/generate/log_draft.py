"""Log files made record by record, right or wrong: whatever is given, the hashes around it are right."""

from __future__ import annotations

import hashlib
from typing import List, Optional, Sequence, Tuple

import vector_file  # noqa: F401  (makes the implementation importable)

from amduat import index, log

ZERO = bytes(32)
DEMO = bytes.fromhex("fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655")

Given = Tuple[int, bytes]  # record_type, payload


def u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def payload(rest: bytes, public: int = 1, salt: bytes = ZERO) -> bytes:
    return bytes([public]) + salt + rest


def segment(n: int) -> bytes:
    return bytes([n]) * 32


def key(n: int, hash_id: int = 1) -> bytes:
    return hash_id.to_bytes(2, "big") + bytes([n]) * 32


def seal(*numbers: int, **prefix: int) -> Given:
    return 1, payload(u32(len(numbers)) + b"".join(map(segment, numbers)), prefix.get("public", 1))


def tombstone(n: int, reason: int = 0, public: int = 1) -> Given:
    return 2, payload(key(n) + u32(reason), public)


def lift(logseq: int, public: int = 1) -> Given:
    return 3, payload(u64(logseq), public)


def publish(*numbers: int, public: int = 1) -> Given:
    return 5, payload(u32(len(numbers)) + b"".join(map(key, numbers)), public)


def unpublish(*numbers: int, public: int = 1) -> Given:
    return 6, payload(u32(len(numbers)) + b"".join(map(key, numbers)), public)


def rotate(recovery: bool = False, public: int = 1) -> Given:
    return 7, payload(b"\x77" * 32 + (b"\x88" * 32 if recovery else b"") + b"\x99" * 64, public)


class Draft:
    def __init__(self, domain: bytes = DEMO, base: int = 0, base_hash: Optional[bytes] = None,
                 manifest: bytes = ZERO) -> None:
        self.domain, self.base, self.logseq = domain, base, base
        self.hashes = {base: domain if base_hash is None else base_hash}
        self.data = log.encode_header(log.Header(domain, base, self.hashes[base], manifest))
        self.ends: List[int] = [len(self.data)]

    @property
    def head(self) -> bytes:
        return self.hashes[self.logseq]

    def record(self, given: Given, logseq: Optional[int] = None, previous: Optional[bytes] = None,
               record_hash: Optional[bytes] = None) -> bytes:
        """The next record; what is given stands in it instead of what would be right."""
        record_type, body = given
        right = log.chain(self.head if previous is None else previous, record_type, body)
        self.logseq += 1
        self.hashes[self.logseq] = right if record_hash is None else record_hash
        number = self.logseq if logseq is None else logseq
        return log.encode_record(log.Record(number, record_type, body, self.head))

    def frame_of(self, records: bytes, first: int) -> "Draft":
        return self.raw(log.encode_frame(first, records))

    def frame(self, *given: Given) -> "Draft":
        first = self.logseq + 1
        return self.frame_of(b"".join(self.record(one) for one in given), first)

    def frames(self, given: Sequence[Given]) -> "Draft":
        for one in given:
            self.frame(one)
        return self

    def raw(self, data: bytes) -> "Draft":
        self.data += data
        self.ends.append(len(self.data))
        return self

    def snapshot_id(self, position: int) -> bytes:
        return index.snapshot_id(self.domain, position, self.hashes[position])

    def anchor(self, position: int, own: Optional[int] = None, snapshot_id: Optional[bytes] = None,
               public: int = 1) -> Given:
        named = self.snapshot_id(position) if snapshot_id is None else snapshot_id
        number = self.logseq + 1 if own is None else own
        roots = b"\x41" * 32 + b"\x42" * 32 + b"\x43" * 32
        return 4, payload(named + u64(position) + roots + u64(number), public)


def header(magic: bytes = b"ASLLOG01", version: int = 1, size: int = 160, flags: int = 0,
           domain: bytes = DEMO, base: int = 0, base_hash: bytes = DEMO, manifest: bytes = ZERO) -> bytes:
    fields = magic + u32(version) + u32(size) + u64(flags) + domain + u64(base) + base_hash + manifest
    return fields + hashlib.sha256(fields).digest()


def change(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def flip(data: bytes, at: int, mask: int = 1) -> bytes:
    return change(data, at, bytes([data[at] ^ mask]))
