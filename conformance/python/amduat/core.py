"""ASL/1-CORE: artifacts, references, blocks. Brackets name clauses of the specification."""

from __future__ import annotations

import hashlib
from typing import Iterable, Mapping, NamedTuple, Optional, Sequence

from .blake3 import Blake3
from .errors import SpecError

SHA256, BLAKE3 = 0x0001, 0x0002
REGISTRY = {SHA256: "sha256", BLAKE3: "blake3"}
NAMED = {name: hash_id for hash_id, name in REGISTRY.items()}
# The functions supported here [CORE-HASH-1] [CORE-HASH-2].
FUNCTIONS = {SHA256: hashlib.sha256, BLAKE3: Blake3}
REFERENCE_LENGTH = 34
BLOCK_LIMIT = 2**30


class Artifact(NamedTuple):
    """Equal if and only if bytes and tag are [CORE-ART-1] [CORE-ART-4]; no tag is not zero [CORE-ART-3]."""

    data: bytes
    type_tag: Optional[int] = None


class Reference(NamedTuple):
    hash_id: int
    digest: bytes


class Extent(NamedTuple):
    block: bytes
    offset: int
    length: int


# Artifacts


def _header(length: int, type_tag: Optional[int]) -> bytes:
    tag = b"\x00" if type_tag is None else b"\x01" + type_tag.to_bytes(4, "big")  # [CORE-ART-2]
    return tag + length.to_bytes(8, "big")


def encode_artifact(artifact: Artifact) -> bytes:
    return _header(len(artifact.data), artifact.type_tag) + artifact.data  # [CORE-ENC-1]


def _unsigned(data: bytes, at: int, width: int) -> int:
    if len(data) - at < width:
        raise SpecError("CORE.TRUNCATED", at)  # [CORE-ENC-2]
    return int.from_bytes(data[at : at + width], "big")


def decode_artifact(data: bytes) -> Artifact:
    # The order of the fields is the order of the faults [CORE-ENC-5].
    flag = _unsigned(data, 0, 1)
    if flag > 1:
        raise SpecError("CORE.ARTIFACT.FLAG", 0)  # [CORE-ENC-3]
    type_tag = _unsigned(data, 1, 4) if flag == 1 else None
    at = 1 if type_tag is None else 5
    length = _unsigned(data, at, 8)
    start = at + 8
    if length > len(data) - start:  # before anything is reserved [CORE-ENC-6]
        raise SpecError("CORE.TRUNCATED", start)  # [CORE-ENC-2]
    if length < len(data) - start:
        raise SpecError("CORE.TRAILING", start + length)  # [CORE-ENC-4]
    return Artifact(data[start:], type_tag)


# References


def _function(hash_id: int):
    if hash_id not in FUNCTIONS:
        raise SpecError("CORE.HASH_ID")  # [CORE-HASH-3]
    return FUNCTIONS[hash_id]()  # [CORE-HASH-4]


def stream_reference(
    pieces: Iterable[bytes], length: int, type_tag: Optional[int] = None, hash_id: int = SHA256
) -> Reference:
    """The reference of the artifact whose bytes are the pieces, however they are divided [CORE-ENC-8]."""
    state = _function(hash_id)
    state.update(_header(length, type_tag))
    left = length
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            raise SpecError("CORE.STREAM.LENGTH")  # [CORE-ENC-7]
        state.update(piece)
    if left > 0:
        raise SpecError("CORE.STREAM.LENGTH")  # [CORE-ENC-7]
    return Reference(hash_id, state.digest())


def reference_of(artifact: Artifact, hash_id: int = SHA256) -> Reference:
    state = _function(hash_id)  # [CORE-HASH-1]
    state.update(encode_artifact(artifact))  # [CORE-REF-1]
    return Reference(hash_id, state.digest())


def encode_reference(reference: Reference) -> bytes:
    return reference.hash_id.to_bytes(2, "big") + reference.digest  # [CORE-REF-2]


def decode_reference(data: bytes) -> Reference:
    if len(data) != REFERENCE_LENGTH:
        raise SpecError("CORE.REFERENCE.LENGTH")  # [CORE-REF-3]
    hash_id = int.from_bytes(data[:2], "big")
    if hash_id not in REGISTRY:
        raise SpecError("CORE.HASH_ID", 0)  # [CORE-HASH-3]; registered is enough, as in [CORE-REF-8]
    return Reference(hash_id, data[2:])


def format_reference(reference: Reference) -> str:
    return f"asl:{REGISTRY[reference.hash_id]}:{reference.digest.hex()}"  # [CORE-REF-4]


def parse_reference(text: str) -> Reference:
    # Scheme, name, digest: in this order [CORE-REF-8].
    if not text.startswith("asl:"):
        raise SpecError("CORE.TEXT.SCHEME")  # [CORE-REF-5]
    name, _, digits = text[4:].partition(":")
    if name not in NAMED:
        raise SpecError("CORE.TEXT.HASH")  # [CORE-REF-6]
    if len(digits) != 64 or any(digit not in "0123456789abcdef" for digit in digits):
        raise SpecError("CORE.TEXT.DIGEST")  # [CORE-REF-7]
    return Reference(NAMED[name], bytes.fromhex(digits))


def compare_references(a: Reference, b: Reference) -> int:
    """Zero if all bytes are equal [CORE-REF-9] [CORE-HASH-5], else the order of the bytes [CORE-REF-10]."""
    left, right = encode_reference(a), encode_reference(b)
    return (left > right) - (left < right)


def verify(reference: Reference, artifact: Artifact) -> None:
    if reference_of(artifact, reference.hash_id).digest != reference.digest:
        raise SpecError("CORE.DIGEST")  # [CORE-REF-11]


# Blocks and locations


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


EMPTY = Extent(_sha256(b""), 0, 0)


def seal_block(data: bytes) -> bytes:
    if len(data) > BLOCK_LIMIT:
        raise SpecError("CORE.BLOCK.LENGTH")  # [CORE-BLK-3]
    return _sha256(data)  # [CORE-BLK-1]


def verify_block(block: bytes, data: bytes) -> None:
    if _sha256(data) != block:
        raise SpecError("CORE.BLOCK.DIGEST")  # [CORE-BLK-2]


def _read_extent(extent: Extent, blocks: Mapping[bytes, bytes]) -> memoryview:
    if extent.length == 0:
        raise SpecError("CORE.EXTENT.EMPTY")  # [CORE-LOC-3]
    if extent.block not in blocks:
        raise SpecError("CORE.BLOCK.ABSENT", subject=extent.block.hex())  # [CORE-LOC-4]
    block = blocks[extent.block]
    if extent.offset + extent.length > len(block):
        raise SpecError("CORE.EXTENT.BOUNDS")  # [CORE-LOC-5]
    return memoryview(block)[extent.offset : extent.offset + extent.length]


def read_location(location: Sequence[Extent], length: int, blocks: Mapping[bytes, bytes]) -> bytes:
    """The bytes of the artifact of `length` bytes that stands at `location`."""
    if not location:
        raise SpecError("CORE.LOCATION.EMPTY")  # [CORE-LOC-1]
    if length == 0 and list(location) == [EMPTY]:
        return b""  # [CORE-LOC-2]
    views = [_read_extent(extent, blocks) for extent in location]
    if sum(len(view) for view in views) != length:
        raise SpecError("CORE.LOCATION.LENGTH")  # [CORE-LOC-6]
    return b"".join(views)
