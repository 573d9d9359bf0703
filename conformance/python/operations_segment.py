"""The operations of ENC/ASL-CORE-INDEX/1."""

from __future__ import annotations

from typing import Any, Callable, Dict

from amduat import core, segment, tree
from amduat.index import Record
from recipe import to_bytes

Json = Dict[str, Any]
VISIBILITY = {"internal": False, "published": True}


def _record(given: Json) -> Record:
    return Record(
        key=to_bytes(given["key"]),
        logseq=int(given["logseq"]),
        tombstone=given["tombstone"],
        extents=tuple(
            core.Extent(to_bytes(extent["block"]), extent["offset"], extent["length"])
            for extent in given["extents"]
        ),
        type_tag=given.get("typeTag"),
        published=VISIBILITY[given["visibility"]],
        domain=to_bytes(given["domain"]),
        source=to_bytes(given["source"]),
    )


def record_json(record: Record) -> Json:
    tag = {} if record.type_tag is None else {"typeTag": record.type_tag}
    return {
        "key": record.key.hex(),
        "logseq": str(record.logseq),
        "tombstone": record.tombstone,
        "extents": [
            {"block": extent.block.hex(), "offset": extent.offset, "length": extent.length}
            for extent in record.extents
        ],
        **tag,
        "visibility": "published" if record.published else "internal",
        "domain": record.domain.hex(),
        "source": record.source.hex(),
    }


def encode(given: Json) -> Json:
    data = segment.encode_segment([_record(record) for record in given["records"]])
    return {"bytes": data.hex(), "segmentId": segment.segment_id(data).hex()}


def decode(given: Json) -> Json:
    expected = to_bytes(given["segmentId"]) if "segmentId" in given else None
    records = segment.decode_segment(to_bytes(given["bytes"]), expected)
    return {"records": [record_json(record) for record in records]}


def segment_id(given: Json) -> Json:
    return {"segmentId": segment.segment_id(to_bytes(given["bytes"])).hex()}


def lookup(given: Json) -> Json:
    data = bytearray(to_bytes(given["bytes"]))
    hashes = segment.page_hashes(bytes(data))
    expected = to_bytes(given["segmentId"]) if "segmentId" in given else tree.root_hash(hashes)
    if "damage" in given:
        data[given["damage"]["offset"]] ^= given["damage"]["xor"]
    found = segment.lookup(bytes(data), hashes, expected, to_bytes(given["key"]))
    return {"absent": True} if found is None else {"record": record_json(found)}


def may_contain(given: Json) -> Json:
    reference = core.decode_reference(to_bytes(given["key"]))
    return {"mayContain": segment.may_contain(to_bytes(given["bytes"]), reference.digest)}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "segment.encode": encode,
    "segment.decode": decode,
    "segment.id": segment_id,
    "segment.lookup": lookup,
    "segment.mayContain": may_contain,
}

INVERSES: Dict[str, Callable[[Json], Json]] = {
    "segment.encode": lambda ok: decode(ok),
    "segment.decode": lambda ok: {"bytes": encode(ok)["bytes"]},
}
