"""The operations of the vectors: `op` names a function from the JSON of `in` to the JSON of `ok`."""

from __future__ import annotations

from typing import Any, Callable, Dict

import operations_checkpoint
import operations_domain
import operations_log
import operations_proof
import operations_segment
import operations_snapshot
import operations_store_index
from amduat import core
from recipe import to_bytes as _bytes

Json = Dict[str, Any]


def _artifact(given: Json) -> core.Artifact:
    return core.Artifact(_bytes(given["bytes"]), given.get("typeTag"))


def _hash_id(given: Json) -> Json:
    """No argument where none is asked for: the default is the implementation's."""
    return {"hash_id": given["hashId"]} if "hashId" in given else {}


def encode_artifact(given: Json) -> Json:
    return {"bytes": core.encode_artifact(_artifact(given)).hex()}


def decode_artifact(given: Json) -> Json:
    artifact = core.decode_artifact(_bytes(given["bytes"]))
    tag = {} if artifact.type_tag is None else {"typeTag": artifact.type_tag}
    return {"bytes": artifact.data.hex(), **tag}


def reference(given: Json) -> Json:
    named = core.reference_of(_artifact(given), **_hash_id(given))
    return {"reference": core.encode_reference(named).hex(), "text": core.format_reference(named)}


def decode_reference(given: Json) -> Json:
    return {"text": core.format_reference(core.decode_reference(_bytes(given["bytes"])))}


def parse_reference(given: Json) -> Json:
    return {"reference": core.encode_reference(core.parse_reference(given["text"])).hex()}


def verify(given: Json) -> Json:
    core.verify(core.decode_reference(_bytes(given["reference"])), _artifact(given))
    return {}


def compare_references(given: Json) -> Json:
    a, b = (core.decode_reference(_bytes(given[name])) for name in ("a", "b"))
    return {"order": core.compare_references(a, b)}


def stream_reference(given: Json) -> Json:
    pieces = (_bytes(piece) for piece in given["chunks"])
    named = core.stream_reference(pieces, int(given["length"]), given.get("typeTag"), **_hash_id(given))
    return {"reference": core.encode_reference(named).hex()}


def seal_block(given: Json) -> Json:
    return {"id": core.seal_block(_bytes(given["bytes"])).hex()}


def verify_block(given: Json) -> Json:
    core.verify_block(_bytes(given["id"]), _bytes(given["bytes"]))
    return {}


def read_location(given: Json) -> Json:
    blocks = {_bytes(block["id"]): _bytes(block["bytes"]) for block in given["blocks"]}
    location = [
        core.Extent(_bytes(extent["block"]), extent["offset"], extent["length"])
        for extent in given["extents"]
    ]
    return {"bytes": core.read_location(location, int(given["length"]), blocks).hex()}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "core.encodeArtifact": encode_artifact,
    "core.decodeArtifact": decode_artifact,
    "core.reference": reference,
    "core.decodeReference": decode_reference,
    "core.parseReference": parse_reference,
    "core.verify": verify,
    "core.compareReferences": compare_references,
    "core.streamReference": stream_reference,
    "core.sealBlock": seal_block,
    "core.verifyBlock": verify_block,
    "core.readLocation": read_location,
    **operations_checkpoint.OPERATIONS,
    **operations_domain.OPERATIONS,
    **operations_log.OPERATIONS,
    **operations_proof.OPERATIONS,
    **operations_segment.OPERATIONS,
    **operations_snapshot.OPERATIONS,
    **operations_store_index.OPERATIONS,
}

# From the `ok` of a roundtrip vector back to its `in`.
INVERSES: Dict[str, Callable[[Json], Json]] = {
    "core.encodeArtifact": decode_artifact,
    "core.decodeArtifact": encode_artifact,
    "core.decodeReference": lambda ok: {"bytes": parse_reference(ok)["reference"]},
    "core.parseReference": lambda ok: decode_reference({"bytes": ok["reference"]}),
    **operations_checkpoint.INVERSES,
    **operations_domain.INVERSES,
    **operations_segment.INVERSES,
    **operations_snapshot.INVERSES,
}
