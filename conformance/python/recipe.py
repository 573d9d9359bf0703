"""Bytes that a vector describes instead of writing them out (conformance/vectors/README.md)."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Union

MASK = 2**64 - 1
HEX_BYTES_MAX = 4096
# A run of zeros that is worth a part of its own.
ZEROS = re.compile(rb"\x00{64,}")

Described = Union[str, Dict[str, Any]]


def splitmix64(seed: int, length: int) -> bytes:
    out = bytearray()
    state = seed
    while len(out) < length:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        out += (z ^ z >> 31).to_bytes(8, "little")
    return bytes(out[:length])


def _sparse(recipe: Dict[str, Any]) -> bytes:
    out = bytearray(int(recipe["length"]))
    for part in recipe["parts"]:
        start, data = int(part["offset"]), bytes.fromhex(part["hex"])
        if start + len(data) > len(out):
            raise ValueError("a part reaches beyond the end")
        out[start : start + len(data)] = data
    return bytes(out)


def to_bytes(value: Described) -> bytes:
    if isinstance(value, str):
        return bytes.fromhex(value)
    if "sparse" in value:
        return _sparse(value["sparse"])
    if value["gen"] != "splitmix64":
        raise ValueError(f"unknown recipe {value['gen']}")
    return splitmix64(int(value["seed"]), int(value["length"]))


def _parts(data: bytes, start: int, end: int) -> List[Dict[str, str]]:
    return [
        {"offset": str(at), "hex": data[at : min(at + HEX_BYTES_MAX, end)].hex()}
        for at in range(start, end, HEX_BYTES_MAX)
    ]


def describe(data: bytes) -> Described:
    """Hexadecimal digits, or for more than 4,096 bytes what is not a long run of zeros in them."""
    if len(data) <= HEX_BYTES_MAX:
        return data.hex()
    parts: List[Dict[str, str]] = []
    start = 0
    for zeros in ZEROS.finditer(data):
        parts += _parts(data, start, zeros.start())
        start = zeros.end()
    return {"sparse": {"length": str(len(data)), "parts": parts + _parts(data, start, len(data))}}


def expand(value: Any) -> Any:
    """JSON with hexadecimal digits in the place of every description."""
    if isinstance(value, list):
        return [expand(member) for member in value]
    if not isinstance(value, dict):
        return value
    if "gen" in value or "sparse" in value:
        return to_bytes(value).hex()
    return {key: expand(member) for key, member in value.items()}
