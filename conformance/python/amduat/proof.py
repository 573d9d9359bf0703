"""ASL/PROOF/1: the file, and the links that a checker goes through. Brackets name clauses."""

from __future__ import annotations

import hashlib
from typing import List, NamedTuple, Optional, Sequence, Tuple

from . import checkpoint, core, domain, log, roots
from .errors import SpecError
from .tree import leaf_hash, node_hash

MAGIC, VERSION = b"ASLPRF01", 1
WITH_BYTES, UNDER_STATE_ROOT = 1, 2
LENGTH_LIMIT = 2**16
ANCHOR_LENGTH = log.PREFIX_LENGTH + 144
NO_BLIND = bytes(32)


class Claims(NamedTuple):
    """What was verified, with what it is about; the claims that never are have no member [PRF-SAY-1]."""

    domain_id: bytes
    position: int
    anchor: int
    size: int
    reference: bytes
    verdict: str
    bytes: bool
    authority: bool


class _File:
    """Takes the fields of a file in order, each whole or refused [PRF-FILE-2] [PRF-FILE-7]."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, width: int) -> bytes:
        if len(self.data) - self.at < width:
            raise SpecError("PROOF.TRUNCATED", len(self.data))
        self.at += width
        return self.data[self.at - width : self.at]

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def limited(self) -> bytes:
        length = self.number()
        if length > LENGTH_LIMIT:
            raise SpecError("PROOF.LIMIT", self.at - 4)  # [PRF-FILE-6]
        return self.take(length)

    def hashes(self, count: int) -> List[bytes]:
        return [self.take(32) for _ in range(count)]

    def rest(self) -> bytes:
        return self.data[self.at :]


def encode_proof(
    genesis: bytes,
    head: bytes,
    previous: bytes,
    anchor: bytes,
    path: Sequence[bytes],
    blind: Optional[bytes],
    entry: bytes,
    data: Optional[bytes],
) -> bytes:
    flags = (0 if data is None else WITH_BYTES) | (0 if blind is None else UNDER_STATE_ROOT)
    return b"".join((  # [PRF-FILE-1]
        MAGIC,
        VERSION.to_bytes(4, "little"),
        flags.to_bytes(4, "little"),
        len(genesis).to_bytes(4, "little"),
        genesis,
        len(head).to_bytes(4, "little"),
        head,
        previous,
        anchor,
        *path,
        blind or b"",
        entry,
        data or b"",
    ))


# Links


def _form(file: _File) -> Tuple[int, bytes, bytes, bytes, bytes]:
    if file.take(8) != MAGIC:
        raise SpecError("PROOF.MAGIC", 0)  # [PRF-FILE-3]
    if file.number() != VERSION:
        raise SpecError("PROOF.VERSION", 8)  # [PRF-FILE-4]
    flags = file.number()
    if flags & ~(WITH_BYTES | UNDER_STATE_ROOT):
        raise SpecError("PROOF.FLAGS", 12)  # [PRF-FILE-5]
    return flags, file.limited(), file.limited(), file.take(32), file.take(ANCHOR_LENGTH)


def _domain(manifest: bytes, key: Optional[bytes]) -> domain.Genesis:
    genesis = domain.decode_genesis(manifest)  # [PRF-LNK-2]
    if key is not None and genesis.authority_key != key:
        raise SpecError("PROOF.KEY")  # [PRF-LNK-1]
    return genesis


def _head(data: bytes, key: bytes, domain_id: bytes) -> checkpoint.Head:
    head, note = checkpoint.open_note(data, key, domain_id)
    if len(note.lines) > 1:
        raise SpecError("PROOF.HEAD")  # [PRF-LNK-3]
    return head


def _anchor(payload: bytes, is_open: bool) -> log.SnapshotAnchor:
    # [PRF-LNK-4]
    body = log.decode_body(log.SNAPSHOT_ANCHOR, payload[log.PREFIX_LENGTH :])
    assert isinstance(body, log.SnapshotAnchor)
    if payload[0] != 1:
        raise SpecError("LOG.PUBLIC")
    if not 1 <= body.snapshot_logseq < body.logseq:
        raise SpecError("LOG.ANCHOR.POSITION")
    if is_open and payload[1 : log.PREFIX_LENGTH] != log.NO_SALT:
        raise SpecError("LOG.SALT")
    return body


def _inclusion(file: _File, previous: bytes, payload: bytes, logseq: int, head: checkpoint.Head) -> None:
    if logseq > head.size:
        raise SpecError("PROOF.ANCHOR")  # [PRF-LNK-5]
    path = file.hashes(checkpoint.splits_above(logseq - 1, head.size))
    leaf = leaf_hash(b"\x01" + log.chain(previous, log.SNAPSHOT_ANCHOR, payload))
    checkpoint.verify_inclusion(leaf, logseq - 1, head.size, head.root, path)  # [PRF-LNK-6]


def _take_entry(file: _File) -> roots.Proof:
    """The proof of the entry; other than by itself, something may follow it in a file [PRF-FILE-8]."""
    rest = file.rest()
    try:
        proof = roots.decode_proof(rest, roots.read_state)
    except SpecError as error:
        if error.code != "ENTRY_PROOF.TRAILING" or error.offset is None:
            raise
        rest = rest[: error.offset]
        proof = roots.decode_proof(rest, roots.read_state)
    file.take(len(rest))
    return proof


def _trie_root(proof: roots.Proof, entry: bytes) -> bytes:
    """Where the proof leads from its own entry: STX-PRF-5 for the key of that."""
    result = leaf_hash(entry)
    for i in reversed(range(len(proof.siblings))):
        sibling = proof.siblings[i]
        result = node_hash(sibling, result) if entry[i // 8] >> (7 - i % 8) & 1 else node_hash(result, sibling)
    return result


def verdict_of(entry: roots.StateEntry) -> str:
    if entry.tombstones:
        return "inadmissible"
    if not entry.present:
        return "absent"
    return "published" if entry.publication == roots.PUBLISHED else "internal"


def _entry(file: _File, flags: int, is_open: bool, anchor: log.SnapshotAnchor) -> roots.StateEntry:
    blind = file.take(32) if flags & UNDER_STATE_ROOT else None
    if is_open and blind not in (None, NO_BLIND):
        raise SpecError("PROOF.BLIND")  # [PRF-LNK-7]
    proof = _take_entry(file)
    if not flags & WITH_BYTES and file.rest():
        raise SpecError("PROOF.TRAILING", file.at)  # [PRF-FILE-2]
    if proof.entry is None:
        # It says no key, so there is no path that could be gone down [PRF-LNK-9].
        raise SpecError("PROOF.ABSENT")
    root = _trie_root(proof, proof.entry)
    holds = root == anchor.public_root
    if blind is not None:
        holds = hashlib.sha256(b"\x02" + blind + root).digest() == anchor.state_root
    if not holds:
        raise SpecError("ENTRY_PROOF.ROOT")  # [PRF-LNK-8]
    entry = roots.decode_state(proof.entry)
    if verdict_of(entry) != ("published" if blind is None else "internal"):
        raise SpecError("PROOF.VERDICT")  # [PRF-LNK-10]
    return entry


def _bytes(data: bytes, entry: roots.StateEntry) -> None:
    if len(data) != entry.length:
        raise SpecError("CORE.DIGEST")  # [PRF-LNK-11]
    core.verify(core.decode_reference(entry.reference), core.Artifact(data, entry.type_tag))


def check(data: bytes, key: Optional[bytes]) -> Claims:
    """The claims of a proof of which every link holds; the first that does not is refused [PRF-LNK-12]."""
    file = _File(data)
    flags, manifest, note, previous, payload = _form(file)
    genesis = _domain(manifest, key)
    domain_id = domain.domain_id(manifest)  # [PRF-LNK-2]
    head = _head(note, genesis.authority_key, domain_id)
    anchor = _anchor(payload, genesis.open)
    _inclusion(file, previous, payload, anchor.logseq, head)
    entry = _entry(file, flags, genesis.open, anchor)
    if flags & WITH_BYTES:
        _bytes(file.rest(), entry)
    return Claims(
        domain_id, anchor.snapshot_logseq, anchor.logseq, head.size, entry.reference, verdict_of(entry),
        bool(flags & WITH_BYTES), key is not None,
    )  # fmt: skip
