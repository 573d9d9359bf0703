"""The operations of ASL/CHECKPOINT/1, from the `in` of a vector to its `ok`."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from amduat import checkpoint, ed25519
from amduat.tree import leaf_hash
from recipe import to_bytes

Json = Dict[str, Any]


def head_encode(given: Json) -> Json:
    head = checkpoint.Head(to_bytes(given["domainId"]), int(given["size"]), to_bytes(given["root"]))
    return {"text": checkpoint.encode_head(head).decode()}


def head_decode(given: Json) -> Json:
    head = checkpoint.decode_head(given["text"].encode())
    return {"domainId": head.domain_id.hex(), "size": str(head.size), "root": head.root.hex()}


def head_sign(given: Json) -> Json:
    seed = to_bytes(given["seed"])
    note = checkpoint.sign_head(given["text"].encode(), seed)
    return {"note": note.hex(), "key": ed25519.public_key(seed).hex()}


def head_open(given: Json) -> Json:
    head, _ = checkpoint.open_note(*(to_bytes(given[name]) for name in ("note", "key", "domainId")))
    return {"size": str(head.size), "root": head.root.hex()}


def head_format_key(given: Json) -> Json:
    return {"text": checkpoint.format_key(given["name"], to_bytes(given["key"]))}


def head_parse_key(given: Json) -> Json:
    name, key = checkpoint.parse_key(given["text"])
    return {"name": name, "key": key.hex()}


def _leaf_hashes(given: Json) -> List[bytes]:
    return [leaf_hash(to_bytes(leaf)) for leaf in given["leaves"]]


def _path(given: Json) -> List[bytes]:
    return list(map(to_bytes, given["path"]))


def head_inclusion(given: Json) -> Json:
    path = checkpoint.inclusion(_leaf_hashes(given), int(given["index"]))
    return {"path": [one.hex() for one in path]}


def head_verify_inclusion(given: Json) -> Json:
    leaf = leaf_hash(to_bytes(given["leaf"]))
    root = to_bytes(given["root"])
    checkpoint.verify_inclusion(leaf, int(given["index"]), int(given["size"]), root, _path(given))
    return {}


def head_consistency(given: Json) -> Json:
    path = checkpoint.consistency(_leaf_hashes(given), int(given["from"]))
    return {"path": [one.hex() for one in path]}


def head_verify_consistency(given: Json) -> Json:
    first = (int(given["from"]), to_bytes(given["fromRoot"]))
    checkpoint.verify_consistency(*first, int(given["size"]), to_bytes(given["root"]), _path(given))
    return {}


def head_tile_name(given: Json) -> Json:
    return {"name": checkpoint.tile_name(str(given["level"]), int(given["number"]), given["width"])}


def head_tiles(given: Json) -> Json:
    made = checkpoint.tiles([to_bytes(leaf) for leaf in given["leaves"]])
    return {"tiles": [{"name": name, "bytes": made[name].hex()} for name in sorted(made)]}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "head.encode": head_encode,
    "head.decode": head_decode,
    "head.sign": head_sign,
    "head.open": head_open,
    "head.formatKey": head_format_key,
    "head.parseKey": head_parse_key,
    "head.inclusion": head_inclusion,
    "head.verifyInclusion": head_verify_inclusion,
    "head.consistency": head_consistency,
    "head.verifyConsistency": head_verify_consistency,
    "head.tileName": head_tile_name,
    "head.tiles": head_tiles,
}

INVERSES: Dict[str, Callable[[Json], Json]] = {
    "head.encode": head_decode,
    "head.decode": head_encode,
    "head.formatKey": head_parse_key,
    "head.parseKey": head_format_key,
}
