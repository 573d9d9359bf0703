"""BLAKE3 with 256-bit output, unkeyed: plain and slow, for comparison with other implementations."""

from __future__ import annotations

import struct
from typing import List, Sequence

IV = (
    0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
    0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
)
PERMUTATION = (2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8)
LANES = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
MASK = 0xFFFFFFFF
BLOCK = 64
CHUNK = 1024
CHUNK_START, CHUNK_END, PARENT, ROOT = 1, 2, 4, 8


def _rotate(word: int, count: int) -> int:
    return (word >> count | word << (32 - count)) & MASK


def _mix(v: List[int], lane: Sequence[int], x: int, y: int) -> None:
    a, b, c, d = lane
    v[a] = (v[a] + v[b] + x) & MASK
    v[d] = _rotate(v[d] ^ v[a], 16)
    v[c] = (v[c] + v[d]) & MASK
    v[b] = _rotate(v[b] ^ v[c], 12)
    v[a] = (v[a] + v[b] + y) & MASK
    v[d] = _rotate(v[d] ^ v[a], 8)
    v[c] = (v[c] + v[d]) & MASK
    v[b] = _rotate(v[b] ^ v[c], 7)


def _compress(chain: Sequence[int], block: bytes, counter: int, flags: int) -> List[int]:
    words = struct.unpack("<16I", block.ljust(BLOCK, b"\0"))
    v = [*chain, *IV[:4], counter & MASK, counter >> 32, len(block), flags]
    for turn in range(7):
        if turn:
            words = tuple(words[i] for i in PERMUTATION)
        for i, lane in enumerate(LANES):
            _mix(v, lane, words[2 * i], words[2 * i + 1])
    return [v[i] ^ v[i + 8] for i in range(8)]


def _bytes(words: Sequence[int]) -> bytes:
    return struct.pack("<8I", *words)


def _chunk(data: bytes, index: int, root: int) -> bytes:
    """The chaining value of one chunk of 0 to 1024 bytes; `root` is ROOT if it is the only one."""
    chain: Sequence[int] = IV
    last = max(0, (len(data) - 1) // BLOCK * BLOCK)
    for at in range(0, last + 1, BLOCK):
        flags = (CHUNK_START if at == 0 else 0) | ((CHUNK_END | root) if at == last else 0)
        chain = _compress(chain, data[at : at + BLOCK], index, flags)
    return _bytes(chain)


def _parent(left: bytes, right: bytes, root: int) -> bytes:
    return _bytes(_compress(IV, left + right, 0, PARENT | root))


class Blake3:
    """The `update` and `digest` of hashlib."""

    def __init__(self, data: bytes = b"") -> None:
        self._open = b""
        self._chunks = 0
        self._stack: List[bytes] = []
        self.update(data)

    def update(self, data: bytes) -> None:
        self._open += data
        at = 0
        # The last chunk stays open, even when it is full: it may be the root.
        while len(self._open) - at > CHUNK:
            self._close(self._open[at : at + CHUNK])
            at += CHUNK
        self._open = self._open[at:]

    def _close(self, data: bytes) -> None:
        value = _chunk(data, self._chunks, 0)
        self._chunks += 1
        complete = self._chunks
        while complete % 2 == 0:
            value = _parent(self._stack.pop(), value, 0)
            complete //= 2
        self._stack.append(value)

    def digest(self) -> bytes:
        value = _chunk(self._open, self._chunks, 0 if self._stack else ROOT)
        for i in reversed(range(len(self._stack))):
            value = _parent(self._stack[i], value, ROOT if i == 0 else 0)
        return value
