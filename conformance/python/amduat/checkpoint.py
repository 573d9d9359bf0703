"""ASL/CHECKPOINT/1 but for §8: heads, signed notes, keys, paths, tiles. Brackets name clauses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from . import ed25519
from .errors import SpecError
from .tree import leaf_hash, node_hash, root_hash

NOTE_LIMIT = 2**16
SIZE_LIMIT = 2**64 - 1
ALGORITHM = b"\x01"
DASH = "\u2014 ".encode()
ORIGIN = re.compile(rb"amduat/([0-9a-f]{64})")
SIZE = re.compile(rb"0|[1-9][0-9]{0,19}")
KEY_ID = re.compile(r"[0-9a-f]{8}")
NAME = re.compile(rb"[^\x00-\x20+\x7f]+")  # [HEAD-NOTE-3]
TILE_WIDTH = 256
LEVELS = range(6)


def _base64(text: bytes) -> Optional[bytes]:
    """The bytes of the one base64 text that they have, or None [§2]."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return None
    return data if base64.b64encode(data) == text else None


# Text


class Head(NamedTuple):
    domain_id: bytes
    size: int
    root: bytes


def origin_of(domain_id: bytes) -> str:
    return f"amduat/{domain_id.hex()}"


def encode_head(head: Head) -> bytes:
    root = base64.b64encode(head.root).decode()
    return f"{origin_of(head.domain_id)}\n{head.size}\n{root}\n".encode()  # [HEAD-TXT-1] [HEAD-TXT-3]


def decode_head(text: bytes) -> Head:
    lines = text.split(b"\n")
    if len(lines) != 4 or lines[3] != b"":
        raise SpecError("HEAD.TEXT")  # [HEAD-TXT-2]
    origin, root = ORIGIN.fullmatch(lines[0]), _base64(lines[2])
    if origin is None or SIZE.fullmatch(lines[1]) is None or root is None or len(root) != 32:
        raise SpecError("HEAD.TEXT")  # [HEAD-TXT-2]
    size = int(lines[1])
    if size > SIZE_LIMIT:
        raise SpecError("HEAD.TEXT")  # [HEAD-TXT-2]
    return Head(bytes.fromhex(origin[1].decode()), size, root)


# Note


class Line(NamedTuple):
    name: bytes
    key_id: bytes
    signature: bytes


class Note(NamedTuple):
    text: bytes
    lines: Tuple[Line, ...]


def _is_name(name: bytes) -> bool:
    return NAME.fullmatch(name) is not None


def key_id(name: str, key: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ALGORITHM + key).digest()[:4]  # [HEAD-NOTE-1]


def _decode_line(line: bytes) -> Line:
    name, space, encoded = line[len(DASH) :].partition(b" ")
    data = _base64(encoded)
    if not line.startswith(DASH) or not space or not _is_name(name) or data is None or len(data) < 5:
        raise SpecError("HEAD.NOTE")  # [HEAD-NOTE-3]
    return Line(name, data[:4], data[4:])


def split_note(note: bytes) -> Note:
    # [HEAD-NOTE-3]
    if len(note) > NOTE_LIMIT or not note.endswith(b"\n"):
        raise SpecError("HEAD.NOTE")
    lines = note[:-1].split(b"\n")
    if b"" not in lines:
        raise SpecError("HEAD.NOTE")
    empty = lines.index(b"")
    if empty == len(lines) - 1:
        raise SpecError("HEAD.NOTE")
    text = b"".join(line + b"\n" for line in lines[:empty])
    return Note(text, tuple(map(_decode_line, lines[empty + 1 :])))


def sign_head(text: bytes, seed: bytes) -> bytes:
    name, key = origin_of(decode_head(text).domain_id), ed25519.public_key(seed)
    signature = ed25519.sign(seed, text)  # [HEAD-NOTE-2]
    return text + b"\n" + DASH + name.encode() + b" " + base64.b64encode(key_id(name, key) + signature) + b"\n"


def open_note(note: bytes, key: bytes, domain_id: bytes) -> Tuple[Head, Note]:
    split = split_note(note)
    head = decode_head(split.text)
    if head.domain_id != domain_id:
        raise SpecError("HEAD.ORIGIN")  # [HEAD-NOTE-4]
    name = origin_of(domain_id)
    wanted = (name.encode(), key_id(name, key))
    # The others are not looked at [HEAD-NOTE-7].
    signatures = [line.signature for line in split.lines if (line.name, line.key_id) == wanted]
    if not signatures:
        raise SpecError("HEAD.SIGNER")  # [HEAD-NOTE-5]
    if not ed25519.verify(key, split.text, signatures[0]):
        raise SpecError("HEAD.SIGNATURE")  # [HEAD-NOTE-6]
    return head, split


# Keys


def format_key(name: str, key: bytes) -> str:
    return f"{name}+{key_id(name, key).hex()}+{base64.b64encode(ALGORITHM + key).decode()}"


def parse_key(text: str) -> Tuple[str, bytes]:
    # [HEAD-KEY-1]; base64 has `+` too.
    name, _, rest = text.partition("+")
    digits, _, encoded = rest.partition("+")
    data = _base64(encoded.encode())
    if not _is_name(name.encode()) or KEY_ID.fullmatch(digits) is None or data is None:
        raise SpecError("HEAD.KEY")
    if len(data) != 1 + ed25519.KEY_LENGTH or data[:1] != ALGORITHM:
        raise SpecError("HEAD.KEY")
    if key_id(name, data[1:]).hex() != digits:
        raise SpecError("HEAD.KEY")
    return name, data[1:]


# Inclusion


def _split_of(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1  # the greatest power of two below the number of leaves


def splits_above(index: int, size: int) -> int:
    """How many hashes a path has [HEAD-INC-1]."""
    splits = 0
    while size > 1:
        left = _split_of(size)
        index, size = (index, left) if index < left else (index - left, size - left)
        splits += 1
    return splits


def inclusion(leaves: Sequence[bytes], index: int) -> List[bytes]:
    """The path of a leaf, from the leaf up; leaves are leaf hashes."""
    if index >= len(leaves):
        raise SpecError("HEAD.INCLUSION")  # [HEAD-INC-2]
    if len(leaves) == 1:
        return []
    left = _split_of(len(leaves))
    if index < left:
        return inclusion(leaves[:left], index) + [root_hash(leaves[left:])]
    return inclusion(leaves[left:], index - left) + [root_hash(leaves[:left])]


def verify_inclusion(leaf: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """RFC 9162 §2.1.3.2; leaf is a leaf hash."""
    if index >= size or len(path) != splits_above(index, size):
        raise SpecError("HEAD.INCLUSION")  # [HEAD-INC-2]
    at, last, result = index, size - 1, leaf
    for sibling in path:
        if at & 1 or at == last:
            result = node_hash(sibling, result)
            while not at & 1 and at > 0:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    if result != root:
        raise SpecError("HEAD.INCLUSION")  # [HEAD-INC-2]


# Consistency


def _subproof(first: int, leaves: Sequence[bytes], known: bool) -> List[bytes]:
    if first == len(leaves):
        return [] if known else [root_hash(leaves)]
    left = _split_of(len(leaves))
    if first <= left:
        return _subproof(first, leaves[:left], known) + [root_hash(leaves[left:])]
    return _subproof(first - left, leaves[left:], False) + [root_hash(leaves[:left])]


def consistency(leaves: Sequence[bytes], first: int) -> List[bytes]:
    """RFC 6962 §2.1.2; leaves are leaf hashes."""
    if first > len(leaves):
        raise SpecError("HEAD.CONSISTENCY")
    return [] if first == 0 else _subproof(first, leaves, True)


def _leads_on(first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]) -> bool:
    """RFC 9162 §2.1.4.2, for 0 < first < second."""
    hashes = list(path)
    if not hashes:
        return False
    if first & (first - 1) == 0:
        hashes.insert(0, first_root)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    one = two = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False  # [HEAD-CON-2]
        if at & 1 or at == last:
            one, two = node_hash(sibling, one), node_hash(sibling, two)
            while not at & 1 and at > 0:
                at, last = at >> 1, last >> 1
        else:
            two = node_hash(two, sibling)
        at, last = at >> 1, last >> 1
    return (one, two, last) == (first_root, second_root, 0)


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, path: Sequence[bytes]
) -> None:
    good = first <= second
    if first == 0:
        good = good and first_root == root_hash([]) and not path
    if first == second:
        good = good and first_root == second_root and not path
    if 0 < first < second:
        good = _leads_on(first, first_root, second, second_root, path)
    if not good:
        raise SpecError("HEAD.CONSISTENCY")  # [HEAD-CON-1] [HEAD-CON-2] [HEAD-CON-3]


# Tiles


def tile_name(level: str, number: int, width: int) -> str:
    # [HEAD-TILE-1]
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{''.join(f'x{group}/' for group in groups[:-1])}{groups[-1]}{partial}"


def _rows(level: str, parts: Sequence[bytes]) -> Dict[str, bytes]:
    """The parts in tiles of a level, or the entries in bundles, the last one partial [HEAD-TILE-2]."""
    tiles = {}
    for at in range(0, len(parts), TILE_WIDTH):
        row = parts[at : at + TILE_WIDTH]
        tiles[tile_name(level, at // TILE_WIDTH, len(row))] = b"".join(row)
    return tiles


def tiles(data: Sequence[bytes]) -> Dict[str, bytes]:
    """Every tile and bundle of a log of these leaf data, by name."""
    made = _rows("entries", [len(leaf).to_bytes(2, "big") + leaf for leaf in data])
    hashes = list(map(leaf_hash, data))
    for level in LEVELS:
        made.update(_rows(str(level), hashes))
        whole = len(hashes) // TILE_WIDTH
        hashes = [root_hash(hashes[TILE_WIDTH * i : TILE_WIDTH * (i + 1)]) for i in range(whole)]
    return made
