"""Heads, notes, paths and consistency proofs, right or wrong, built without the implementation but for Ed25519."""

from __future__ import annotations

import base64
import hashlib
from typing import Callable, List, Sequence, Tuple

import vector_file  # noqa: F401  (makes the implementation importable)

from amduat import ed25519

DEMO = bytes.fromhex("fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655")
ZERO = bytes(32)
# The private and public keys of RFC 8032 §7.1, tests 1 and 2.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
OTHER_SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
OTHER_KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
ORDER = 2**252 + 27742317777372353535851937790883648493


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def same(n: int) -> bytes:
    return bytes([n]) * 32


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00", data)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01", left, right)


# Notes


def origin(domain: bytes = DEMO) -> str:
    return f"amduat/{domain.hex()}"


def text_of(size: int = 0, root: bytes = sha256(), domain: bytes = DEMO) -> str:
    return f"{origin(domain)}\n{size}\n{b64(root)}\n"


def id_of(name: str, key: bytes = KEY) -> bytes:
    return sha256(name.encode(), b"\n\x01", key)[:4]


def line(name: str, key_id: bytes, signature: bytes) -> str:
    return f"\u2014 {name} {b64(key_id + signature)}\n"


def signed(text: str, seed: bytes = SEED, key: bytes = KEY, name: str = "") -> str:
    """The line of a key for a text; its name is the origin that the text has."""
    name = name or text.split("\n")[0]
    return line(name, id_of(name, key), ed25519.sign(seed, text.encode()))


def note_of(text: str, *lines: str) -> bytes:
    return "".join((text, "\n", *(lines or (signed(text),)))).encode(errors="surrogateescape")


# Paths, level by level from the leaves up: a hash without a right neighbour goes up as it is.


def levels_of(leaves: Sequence[bytes]) -> List[List[bytes]]:
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        row = levels[-1]
        up = [node(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        levels.append(up + row[len(up) * 2 :])
    return levels


def root_of(leaves: Sequence[bytes]) -> bytes:
    return levels_of(leaves)[-1][0] if leaves else sha256()


def beside(levels: Sequence[List[bytes]], level: int, index: int) -> List[bytes]:
    """The neighbours on the way up from one place."""
    found = []
    for row in levels[level:-1]:
        if index ^ 1 < len(row):
            found.append(row[index ^ 1])
        index //= 2
    return found


def path_of(leaves: Sequence[bytes], index: int) -> List[bytes]:
    return beside(levels_of(leaves), 0, index)


def proof_of(leaves: Sequence[bytes], first: int) -> List[bytes]:
    """From the last subtree of the first tree that is whole, up; itself only if it is not the whole first tree."""
    if first in (0, len(leaves)):
        return []
    levels, level, index = levels_of(leaves), 0, first - 1
    while index % 2 == 1:
        level, index = level + 1, index // 2
    return ([levels[level][index]] if index > 0 else []) + beside(levels, level, index)


# The same of trees too large to have: subtrees are taken from a row of hashes.


def row_of_hashes(seed: int = 0) -> Callable[[], bytes]:
    numbers = iter(range(seed, seed + 1000))
    return lambda: sha256(b"subtree", next(numbers).to_bytes(4, "big"))


def half(count: int) -> int:
    power = 1
    while 2 * power < count:
        power *= 2
    return power


def large_path(one: bytes, index: int, size: int, fresh: Callable[[], bytes]) -> Tuple[List[bytes], bytes]:
    """A path and the root that it leads to."""
    if size == 1:
        return [], one
    left = half(size)
    if index < left:
        path, root = large_path(one, index, left, fresh)
        sibling = fresh()
        return [*path, sibling], node(root, sibling)
    path, root = large_path(one, index - left, size - left, fresh)
    sibling = fresh()
    return [*path, sibling], node(sibling, root)


def large_proof(
    first: int, size: int, fresh: Callable[[], bytes], known: bool = True
) -> Tuple[List[bytes], bytes, bytes]:
    """A consistency proof and the two roots that it leads to."""
    if first == size:
        root = fresh()
        return ([] if known else [root]), root, root
    left = half(size)
    if first <= left:
        path, old, new = large_proof(first, left, fresh, known)
        right = fresh()
        return [*path, right], old, node(new, right)
    path, old, new = large_proof(first - left, size - left, fresh, False)
    sibling = fresh()
    return [*path, sibling], node(sibling, old), node(sibling, new)
