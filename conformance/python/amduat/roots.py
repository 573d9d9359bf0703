"""ASL/STORE-INDEX/1 §10 and §11: entries, trie, roots, proofs of entries. Brackets name clauses."""

from __future__ import annotations

import hashlib
import hmac
from typing import Callable, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from . import core
from .errors import SpecError
from .tree import leaf_hash, node_hash

NO_HASH = bytes(32)
NEVER, PUBLISHED, UNPUBLISHED = 0, 1, 2
STATE_FIXED, CONTENT_FIXED = 117, 47
KEY_BITS = 8 * core.REFERENCE_LENGTH


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _read(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


# Entries


class StateEntry(NamedTuple):
    """What a state says of a key [STX-ENT-1]."""

    reference: bytes
    present: bool
    type_tag: Optional[int]
    length: int
    origin: bytes
    source: bytes
    publication: int
    tombstones: Tuple[int, ...]


class ContentEntry(NamedTuple):
    """What a state says of the content of a key, whatever the policy [STX-ENT-1]."""

    reference: bytes
    type_tag: Optional[int]
    length: int


def _tag(type_tag: Optional[int]) -> bytes:
    return bytes(5) if type_tag is None else b"\x01" + _u32(type_tag)  # [STX-ENT-2]


def encode_state(entry: StateEntry) -> bytes:
    record = bytes(77)  # [STX-ENT-2]
    if entry.present:
        record = _tag(entry.type_tag) + _u64(entry.length) + entry.origin + entry.source
    return b"".join((
        entry.reference,
        bytes([entry.present]),
        record,
        bytes([entry.publication]),
        _u32(len(entry.tombstones)),
        *map(_u64, entry.tombstones),
    ))


def encode_content(entry: ContentEntry) -> bytes:
    return entry.reference + _tag(entry.type_tag) + _u64(entry.length)


def _check_key(data: bytes) -> None:
    if len(data) < core.REFERENCE_LENGTH:
        raise SpecError("ENTRY.TRUNCATED", len(data))  # [STX-ENT-3]
    if int.from_bytes(data[:2], "big") not in core.REGISTRY:
        raise SpecError("CORE.HASH_ID", 0)  # [STX-ENT-5]


def _check_end(data: bytes, end: int) -> None:
    if len(data) < end:
        raise SpecError("ENTRY.TRUNCATED", len(data))  # [STX-ENT-3]


def _check_form(good: bool, offset: int) -> None:
    if not good:
        raise SpecError("ENTRY.FORM", offset)  # [STX-ENT-4]


def _decode_tag(data: bytes, at: int) -> Optional[int]:
    _check_form(data[at] <= 1, at)
    tag = _read(data, at + 1, 4)
    _check_form(data[at] == 1 or tag == 0, at + 1)  # [STX-ENT-2]
    return tag if data[at] == 1 else None


def _decode_tombstones(data: bytes, count: int) -> Tuple[int, ...]:
    logseqs = tuple(_read(data, STATE_FIXED + 8 * i, 8) for i in range(count))
    _check_form(all(below < above for below, above in zip((0, *logseqs), logseqs)), STATE_FIXED)
    return logseqs


def read_state(data: bytes) -> Tuple[StateEntry, int]:
    """The state entry that data begins with, and where it ends."""
    _check_key(data)
    _check_end(data, STATE_FIXED)
    count = _read(data, 113, 4)
    end = STATE_FIXED + 8 * count
    _check_end(data, end)
    _check_form(data[34] <= 1, 34)
    _check_form(data[34] == 1 or not any(data[35:112]), 35)  # [STX-ENT-2]
    type_tag = _decode_tag(data, 35)
    _check_form(data[112] <= UNPUBLISHED, 112)
    tombstones = _decode_tombstones(data, count)
    _check_form(any((data[34], data[112], count)), 34)
    entry = StateEntry(
        data[:34], data[34] == 1, type_tag, _read(data, 40, 8), data[48:80], data[80:112], data[112],
        tombstones,
    )  # fmt: skip
    return entry, end


def read_content(data: bytes) -> Tuple[ContentEntry, int]:
    """The content entry that data begins with, and where it ends."""
    _check_key(data)
    _check_end(data, CONTENT_FIXED)
    return ContentEntry(data[:34], _decode_tag(data, 34), _read(data, 39, 8)), CONTENT_FIXED


def _whole(data: bytes, end: int) -> None:
    if len(data) > end:
        raise SpecError("ENTRY.TRAILING", end)  # [STX-ENT-3]


def decode_state(data: bytes) -> StateEntry:
    entry, end = read_state(data)
    _whole(data, end)
    return entry


def decode_content(data: bytes) -> ContentEntry:
    entry, end = read_content(data)
    _whole(data, end)
    return entry


# Trie


def _bit(key: bytes, i: int) -> int:
    return key[i // 8] >> (7 - i % 8) & 1


def _split(entries: Sequence[bytes], depth: int) -> Tuple[List[bytes], List[bytes]]:
    """The entries of a subtree whose next bit is 0, and those whose is 1."""
    zeros = [entry for entry in entries if _bit(entry, depth) == 0]
    return zeros, [entry for entry in entries if _bit(entry, depth) == 1]


def _subtree_hash(entries: Sequence[bytes], depth: int) -> bytes:
    # [STX-TRIE-1]
    if not entries:
        return NO_HASH
    if len(entries) == 1:
        return leaf_hash(entries[0])
    zeros, ones = _split(entries, depth)
    return node_hash(_subtree_hash(zeros, depth + 1), _subtree_hash(ones, depth + 1))


def make_trie(entries: Iterable[bytes]) -> List[bytes]:
    """Encoded entries of one kind, in the order of their keys."""
    trie = sorted(entries)
    for left, right in zip(trie, trie[1:]):
        if left[:34] == right[:34]:
            raise SpecError("IDX.DUPLICATE", subject=left[:34].hex())  # [STX-TRIE-3]
    return trie


def trie_root(entries: Iterable[bytes]) -> bytes:
    return _subtree_hash(make_trie(entries), 0)  # [STX-TRIE-2]


# Roots


def content_root(entries: Sequence[StateEntry]) -> bytes:
    # [STX-ROOT-1]
    return trie_root(
        encode_content(ContentEntry(entry.reference, entry.type_tag, entry.length))
        for entry in entries
        if entry.present
    )


def _is_published(entry: StateEntry) -> bool:
    return entry.present and entry.publication == PUBLISHED and not entry.tombstones


def public_root(entries: Sequence[StateEntry]) -> bytes:
    return trie_root(encode_state(entry) for entry in entries if _is_published(entry))  # [STX-ROOT-2]


def blind(secret: Optional[bytes], position: int) -> bytes:
    """Without a secret that of an open domain [STX-ROOT-4]."""
    if secret is None:
        return bytes(32)
    return hmac.new(secret, b"ASL/STATE/1" + _u64(position), hashlib.sha256).digest()


def state_root(blinding: bytes, entries: Sequence[StateEntry]) -> bytes:
    root = trie_root(map(encode_state, entries))
    return hashlib.sha256(b"\x02" + blinding + root).digest()  # [STX-ROOT-3]


# Proofs


class Proof(NamedTuple):
    """Siblings from the root down, zeros for an empty one; no entry where the path ends in nothing."""

    siblings: Tuple[bytes, ...]
    entry: Optional[bytes]


def prove(entries: Iterable[bytes], key: bytes) -> Proof:
    left: Sequence[bytes] = make_trie(entries)
    siblings: List[bytes] = []
    while len(left) > 1:
        depth = len(siblings)
        sides = _split(left, depth)
        siblings.append(_subtree_hash(sides[1 - _bit(key, depth)], depth + 1))
        left = sides[_bit(key, depth)]
    return Proof(tuple(siblings), left[0] if left else None)


def encode_proof(proof: Proof) -> bytes:
    depth = len(proof.siblings)
    present = bytearray(-(-depth // 8))
    for i, sibling in enumerate(proof.siblings):
        if sibling != NO_HASH:
            present[i // 8] |= 0x80 >> i % 8
    return b"".join((
        bytes([proof.entry is not None]),
        depth.to_bytes(2, "little"),
        bytes(present),
        *(sibling for sibling in proof.siblings if sibling != NO_HASH),
        proof.entry or b"",
    ))


class _Fields:
    """The fields of a proof before its entry, each whole or refused [STX-PRF-1]."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, width: int) -> bytes:
        field = self.data[self.at : self.at + width]
        if len(field) < width:
            raise SpecError("ENTRY_PROOF.TRUNCATED", len(self.data))
        self.at += width
        return field

    def check(self, good: bool) -> None:
        if not good:
            raise SpecError("ENTRY_PROOF.FORM", self.at)


def decode_proof(data: bytes, read_entry: Callable[[bytes], Tuple[NamedTuple, int]]) -> Proof:
    fields = _Fields(data)
    end = fields.take(1)[0]
    fields.check(end <= 1)  # [STX-PRF-2]
    depth = _read(fields.take(2), 0, 2)
    fields.check(depth <= KEY_BITS)  # [STX-PRF-2]
    present = fields.take(-(-depth // 8))
    marks = [_bit(present, i) == 1 for i in range(8 * len(present))]
    fields.check(not any(marks[depth:]))  # [STX-PRF-2]
    siblings: List[bytes] = []
    for marked in marks[:depth]:
        siblings.append(fields.take(32) if marked else NO_HASH)
        fields.check(not marked or siblings[-1] != NO_HASH)  # [STX-PRF-2]
    fields.check(depth == 0 or siblings[-1] != NO_HASH)  # [STX-PRF-3]
    entry: Optional[bytes] = None
    if end == 1:
        rest = data[fields.at :]
        entry = rest[: read_entry(rest)[1]]
        fields.at += len(entry)
    if fields.at < len(data):
        raise SpecError("ENTRY_PROOF.TRAILING", fields.at)  # [STX-PRF-1]
    return Proof(tuple(siblings), entry)


def _shared_bits(left: bytes, right: bytes) -> int:
    return next((i for i in range(KEY_BITS) if _bit(left, i) != _bit(right, i)), KEY_BITS)


def verify_proof(
    root: bytes, key: bytes, data: bytes, read_entry: Callable[[bytes], Tuple[NamedTuple, int]]
) -> Optional[bytes]:
    """The encoded entry that a proof shows the key to have, or None where it shows that there is none."""
    proof = decode_proof(data, read_entry)
    if proof.entry is not None and _shared_bits(proof.entry, key) < len(proof.siblings):
        raise SpecError("ENTRY_PROOF.KEY")  # [STX-PRF-4]
    result = NO_HASH if proof.entry is None else leaf_hash(proof.entry)
    for i in reversed(range(len(proof.siblings))):
        sibling = proof.siblings[i]
        result = node_hash(result, sibling) if _bit(key, i) == 0 else node_hash(sibling, result)
    if result != root:
        raise SpecError("ENTRY_PROOF.ROOT")  # [STX-PRF-5]
    return proof.entry if proof.entry is not None and proof.entry[:34] == key else None  # [STX-PRF-6]
