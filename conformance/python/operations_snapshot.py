"""The operations of ASL/STORE-INDEX/1 §10 to §13, from the `in` of a vector to its `ok`."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from amduat import roots, snapshot
from amduat.index import Publication
from operations_log import policy_row
from recipe import to_bytes

Json = Dict[str, Any]


# Entries


def _state_entry(given: Json) -> roots.StateEntry:
    return roots.StateEntry(
        to_bytes(given["reference"]),
        given["present"],
        given.get("typeTag"),
        int(given["length"]),
        to_bytes(given["origin"]),
        to_bytes(given["source"]),
        given["publication"],
        tuple(map(int, given["tombstones"])),
    )


def _tag_json(type_tag: Optional[int]) -> Json:
    return {} if type_tag is None else {"typeTag": type_tag}


def _state_json(entry: roots.StateEntry) -> Json:
    return {
        "reference": entry.reference.hex(),
        "present": entry.present,
        **_tag_json(entry.type_tag),
        "length": str(entry.length),
        "origin": entry.origin.hex(),
        "source": entry.source.hex(),
        "publication": entry.publication,
        "tombstones": [str(logseq) for logseq in entry.tombstones],
    }


def _encode_state(given: Json) -> bytes:
    return roots.encode_state(_state_entry(given))


def _encode_content(given: Json) -> bytes:
    entry = roots.ContentEntry(to_bytes(given["reference"]), given.get("typeTag"), int(given["length"]))
    return roots.encode_content(entry)


def _content_json(entry: roots.ContentEntry) -> Json:
    return {"reference": entry.reference.hex(), **_tag_json(entry.type_tag), "length": str(entry.length)}


class Kind(NamedTuple):
    encode: Callable[[Json], bytes]
    read: Callable[[bytes], Tuple[Any, int]]
    decode: Callable[[bytes], Any]
    to_json: Callable[[Any], Json]


KINDS = {
    "state": Kind(_encode_state, roots.read_state, roots.decode_state, _state_json),
    "content": Kind(_encode_content, roots.read_content, roots.decode_content, _content_json),
}


def entry_encode(given: Json) -> Json:
    return {"kind": given["kind"], "bytes": KINDS[given["kind"]].encode(given["entry"]).hex()}


def entry_decode(given: Json) -> Json:
    kind = KINDS[given["kind"]]
    return {"kind": given["kind"], "entry": kind.to_json(kind.decode(to_bytes(given["bytes"])))}


# Tries and roots


def _entries(given: Json) -> List[bytes]:
    return [KINDS[given["kind"]].encode(entry) for entry in given["entries"]]


def trie_root(given: Json) -> Json:
    return {"root": roots.trie_root(_entries(given)).hex()}


def trie_prove(given: Json) -> Json:
    return {"proof": roots.encode_proof(roots.prove(_entries(given), to_bytes(given["key"]))).hex()}


def trie_verify(given: Json) -> Json:
    kind = KINDS[given["kind"]]
    fields = (to_bytes(given[name]) for name in ("root", "key", "proof"))
    entry = roots.verify_proof(*fields, kind.read)
    return {"absent": True} if entry is None else {"entry": kind.to_json(kind.decode(entry))}


def state_roots(given: Json) -> Json:
    secret = None if given["open"] else to_bytes(given["secret"])
    entries = [_state_entry(entry) for entry in given["entries"]]
    blind = roots.blind(secret, int(given["position"]))
    return {
        "blind": blind.hex(),
        "stateRoot": roots.state_root(blind, entries).hex(),
        "publicRoot": roots.public_root(entries).hex(),
        "contentRoot": roots.content_root(entries).hex(),
    }


# Policy table and manifest


def _row(given: Json) -> snapshot.Row:
    last = given.get("publication")
    publication = None if last is None else Publication(last["published"], int(last["logseq"]))
    return snapshot.Row(to_bytes(given["key"]), tuple(map(int, given["tombstones"])), publication)


def policy_table_encode(given: Json) -> Json:
    data = snapshot.encode_policy([_row(row) for row in given["rows"]])
    return {"bytes": data.hex(), "hash": snapshot.policy_hash(data).hex()}


def _named(given: Json) -> Optional[bytes]:
    return to_bytes(given["hash"]) if "hash" in given else None


def policy_table_decode(given: Json) -> Json:
    position = int(given["position"]) if "position" in given else None
    rows = snapshot.decode_policy(to_bytes(given["bytes"]), _named(given), position)
    return {"rows": [policy_row(*row) for row in rows]}


def manifest_encode(given: Json) -> Json:
    data = snapshot.encode_manifest(snapshot.Manifest(
        int(given["position"]),
        to_bytes(given["blind"]),
        to_bytes(given["domainId"]),
        to_bytes(given["recordHash"]),
        to_bytes(given["policyHash"]),
        int(given["anchored"]),
        tuple((int(segment["logseq"]), to_bytes(segment["segmentId"])) for segment in given["segments"]),
        tuple(given["types"]),
    ))
    return {"bytes": data.hex(), "hash": snapshot.manifest_hash(data).hex()}


def _expected(given: Json) -> Optional[snapshot.Expected]:
    if "expected" not in given:
        return None
    known = given["expected"]
    return snapshot.Expected(
        to_bytes(known["domainId"]), int(known["position"]), to_bytes(known["recordHash"]), known["open"]
    )


def manifest_decode(given: Json) -> Json:
    manifest = snapshot.decode_manifest(to_bytes(given["bytes"]), _named(given), _expected(given))
    return {
        "position": str(manifest.position),
        "blind": manifest.blind.hex(),
        "domainId": manifest.domain_id.hex(),
        "recordHash": manifest.record_hash.hex(),
        "policyHash": manifest.policy_hash.hex(),
        "anchored": str(manifest.anchored),
        "segments": [
            {"logseq": str(logseq), "segmentId": segment_id.hex()} for logseq, segment_id in manifest.segments
        ],
        "types": list(manifest.types),
    }


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "entry.encode": entry_encode,
    "entry.decode": entry_decode,
    "trie.root": trie_root,
    "trie.prove": trie_prove,
    "trie.verify": trie_verify,
    "state.roots": state_roots,
    "policyTable.encode": policy_table_encode,
    "policyTable.decode": policy_table_decode,
    "manifest.encode": manifest_encode,
    "manifest.decode": manifest_decode,
}

INVERSES: Dict[str, Callable[[Json], Json]] = {
    "entry.encode": entry_decode,
    "entry.decode": entry_encode,
    "policyTable.encode": policy_table_decode,
    "policyTable.decode": lambda ok: {"bytes": policy_table_encode(ok)["bytes"]},
    "manifest.encode": manifest_decode,
    "manifest.decode": lambda ok: {"bytes": manifest_encode(ok)["bytes"]},
}
