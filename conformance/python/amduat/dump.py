"""ASL/LOG/1 §13: the state that replay gives, written out. Brackets name clauses."""

from __future__ import annotations

import hashlib

from . import log, snapshot

MAGIC = b"ASLDMP01"


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _u64(value: int) -> bytes:
    return value.to_bytes(8, "little")


def _policy(state: log.State) -> bytes:
    """The policy table file of a state, one without rows too [STX-PTB-1]."""
    return snapshot.encode_policy([
        snapshot.Row(key, tuple(tombstones), said) for key, tombstones, said in state.policy.rows()
    ])


def encode_dump(state: log.State) -> bytes:
    """A state written out, a partial one too [LOG-DMP-1]."""
    policy = _policy(state)
    types = sorted(state.types)
    anchored = max((position for _, position in state.anchors), default=0)
    return b"".join((
        MAGIC,
        state.domain_id,
        bytes([1 if state.open else 0]),
        _u64(state.position),
        state.record_hash,
        _u64(anchored),
        _u64(len(state.seals)),
        _u64(len(state.anchors)),
        _u32(len(types)),
        _u64(len(policy)),
        *(_u64(logseq) + segment_id for logseq, segment_id in state.seals),
        *(_u64(logseq) + _u64(position) for logseq, position in state.anchors),
        *map(_u32, types),
        policy,
    ))


def dump_hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
