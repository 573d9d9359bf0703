"""The operations of ASL/LOG/1."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from amduat import dump, log, tree
from recipe import to_bytes

Json = Dict[str, Any]


def _body(given: Json) -> log.Body:
    kind = given["type"]
    if kind == "segment-seal":
        return log.SegmentSeal(tuple(map(to_bytes, given["segmentIds"])))
    if kind == "tombstone":
        return log.Tombstone(to_bytes(given["key"]), given["reason"])
    if kind == "tombstone-lift":
        return log.TombstoneLift(int(given["tombstone"]))
    if kind == "snapshot-anchor":
        return log.SnapshotAnchor(
            to_bytes(given["snapshotId"]),
            int(given["snapshotLogseq"]),
            to_bytes(given["stateRoot"]),
            to_bytes(given["publicRoot"]),
            to_bytes(given["manifestHash"]),
            0,
        )
    if kind == "artifact-publish":
        return log.ArtifactPublish(tuple(map(to_bytes, given["keys"])))
    if kind == "artifact-unpublish":
        return log.ArtifactUnpublish(tuple(map(to_bytes, given["keys"])))
    if kind == "authority-rotate":
        recovery = to_bytes(given["recoveryKey"]) if "recoveryKey" in given else None
        return log.AuthorityRotate(to_bytes(given["newKey"]), recovery, to_bytes(given["signature"]))
    raise ValueError(f"unknown body {kind}")


def _secret(given: Json) -> Optional[bytes]:
    return to_bytes(given["secret"]) if "secret" in given else None


def _replay(given: Json, to: Optional[int] = None) -> log.State:
    return log.replay(to_bytes(given["bytes"]), to_bytes(given["domainId"]), given["open"], to)


def encode(given: Json) -> Json:
    groups = [[_body(body) for body in group] for group in given["groups"]]
    data = log.encode_log(to_bytes(given["domainId"]), given["open"], _secret(given), groups)
    return {"bytes": data.hex()}


def append(given: Json) -> Json:
    record = log.next_record(_replay(given), _secret(given), _body(given["body"]))
    return {"recordHash": record.record_hash.hex(), "payload": record.payload.hex()}


def scan(given: Json) -> Json:
    expected = to_bytes(given["domainId"]) if "domainId" in given else None
    file = log.read_file(to_bytes(given["bytes"]), expected)
    records = [
        {"logseq": str(record.logseq), "type": record.record_type, "recordHash": record.record_hash.hex()}
        for record in log.read_records(file)
    ]
    return {"end": "clean" if file.clean else "torn", "offset": str(file.end), "records": records}


def policy_row(key: bytes, tombstones: Any, publication: Any) -> Json:
    row: Json = {"key": key.hex(), "tombstones": [str(logseq) for logseq in tombstones]}
    if publication is not None:
        row["publication"] = {"published": publication.published, "logseq": str(publication.logseq)}
    return row


def replay(given: Json) -> Json:
    state = _replay(given, int(given["to"]) if "to" in given else None)
    return {
        "position": str(state.position),
        "recordHash": state.record_hash.hex(),
        "snapshotId": state.snapshot_id(state.position).hex(),
        "seals": [{"logseq": str(n), "segmentId": segment.hex()} for n, segment in state.seals],
        "policy": [policy_row(*row) for row in state.policy.rows()],
        "anchors": [{"logseq": str(n), "snapshotLogseq": str(snapshot)} for n, snapshot in state.anchors],
        "types": sorted(state.types),  # [LOG-RPL-9]
        "unknownTypes": sorted(state.unknown_types),  # [LOG-RPL-7]
    }


def state_dump(given: Json) -> Json:
    data = dump.encode_dump(_replay(given, int(given["to"]) if "to" in given else None))
    return {"bytes": data.hex(), "sha256": dump.dump_hash(data).hex()}


def leaves(given: Json) -> Json:
    _replay(given)
    records = list(log.read_records(log.read_file(to_bytes(given["bytes"]), to_bytes(given["domainId"]))))
    hashes = log.leaves(records)
    return {"leaves": [leaf.hex() for leaf in hashes], "root": tree.root_hash(hashes).hex()}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "log.encode": encode,
    "log.append": append,
    "log.scan": scan,
    "log.replay": replay,
    "log.stateDump": state_dump,
    "log.leaves": leaves,
}
