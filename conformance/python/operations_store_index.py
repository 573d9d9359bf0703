"""The operations of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1."""

from __future__ import annotations

from typing import Any, Callable, Dict

from amduat import store_index
from amduat.index import Policy, snapshot_id
from operations_log import policy_row
from recipe import to_bytes

Json = Dict[str, Any]


# Lookup


def _segment(given: Json) -> store_index.Segment:
    return store_index.segment_of([
        store_index.Entry(
            to_bytes(record["key"]), int(record["logseq"]), record["tombstone"], record["label"]
        )
        for record in given["records"]
    ])


def lookup(given: Json) -> Json:
    segments = [(int(segment["seal"]), _segment(segment)) for segment in given["segments"]]
    found = store_index.lookup(segments, to_bytes(given["key"]), int(given["position"]))
    return {"absent": True} if found is None else {"record": found.label}


# States


def state_snapshot_id(given: Json) -> Json:
    position = int(given["position"])
    named = snapshot_id(to_bytes(given["domainId"]), position, to_bytes(given["recordHash"]))
    text = store_index.format_state(store_index.IndexState(named, position))
    return {"snapshotId": named.hex(), "text": text}


def parse_state(given: Json) -> Json:
    state = store_index.parse_state(given["text"])
    return {"snapshotId": state.snapshot_id.hex(), "position": str(state.position)}


def equal_states(given: Json) -> Json:
    return {"equal": store_index.parse_state(given["a"]) == store_index.parse_state(given["b"])}


# Policy


def _change(policy: Policy, given: Json) -> None:
    kind = given["kind"]
    if kind == "tombstone":
        policy.tombstone(to_bytes(given["key"]), int(given["logseq"]))
    elif kind == "lift":
        policy.lift(int(given["tombstone"]))
    elif kind in ("publish", "unpublish"):
        for key in given["keys"]:
            policy.publish(to_bytes(key), kind == "publish", int(given["logseq"]))
    else:
        raise ValueError(f"unknown change {kind}")


def _policy(given: Json) -> Policy:
    policy = Policy()
    for change in given["changes"]:
        _change(policy, change)
    return policy


def apply_policy(given: Json) -> Json:
    return {"rows": [policy_row(*row) for row in _policy(given).rows()]}


def verdict(given: Json) -> Json:
    return {"verdict": store_index.verdict(_policy(given), to_bytes(given["key"]), given["hasRecord"])}


# Open segment


def put(given: Json) -> Json:
    store_index.admit_put(_policy(given), to_bytes(given["key"]))
    return {}


def remove(given: Json) -> Json:
    store_index.admit_removal(
        _policy(given), to_bytes(given["key"]), given["hasRecord"], given["hasOpenRecord"]
    )
    return {}


# Packing


def plan(given: Json) -> Json:
    placements, blocks = store_index.plan(
        given["blockLength"], given["smallLength"], map(int, given["lengths"]), given.get("sealAt", ())
    )
    return {
        "placements": [[part._asdict() for part in placement] for placement in placements],
        "blocks": [str(length) for length in blocks],
    }


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "index.lookup": lookup,
    "state.snapshotId": state_snapshot_id,
    "state.parse": parse_state,
    "state.equal": equal_states,
    "policy.apply": apply_policy,
    "policy.verdict": verdict,
    "open.put": put,
    "open.remove": remove,
    "pack.plan": plan,
}
