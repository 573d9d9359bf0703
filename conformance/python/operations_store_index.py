"""The operations of ASL/1-CORE-INDEX and ASL/STORE-INDEX/1, from the `in` of a vector to its `ok`."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from amduat.index import Policy
from amduat.store_index import (
    IndexState,
    Planner,
    Record,
    Segment,
    Verdict,
    Visible,
    admit_put,
    admit_removal,
    format_state,
    lift,
    lookup,
    make_segment,
    parse_state,
    state_at,
    verdict,
)
from operations_log import policy_row
from recipe import to_bytes

Json = Dict[str, Any]


def _segment(records: List[Json]) -> Segment:
    return make_segment(
        Record(bytes.fromhex(record["key"]), int(record["logseq"]), record["tombstone"], record["label"])
        for record in records
    )


def index_lookup(given: Json) -> Json:
    visible = [Visible(int(entry["seal"]), _segment(entry["records"])) for entry in given["segments"]]
    record = lookup(visible, bytes.fromhex(given["key"]), int(given["position"]))
    return {"absent": True} if record is None else {"record": record.label}


def state_snapshot_id(given: Json) -> Json:
    state = state_at(to_bytes(given["domainId"]), int(given["position"]), to_bytes(given["recordHash"]))
    return {"snapshotId": state.snapshot_id.hex(), "text": format_state(state)}


def state_parse(given: Json) -> Json:
    state: IndexState = parse_state(given["text"])
    return {"snapshotId": state.snapshot_id.hex(), "position": str(state.position)}


def state_equal(given: Json) -> Json:
    return {"equal": parse_state(given["a"]) == parse_state(given["b"])}


def _policy(changes: List[Json]) -> Policy:
    policy = Policy()
    for change in changes:
        if change["kind"] == "tombstone":
            policy.tombstone(bytes.fromhex(change["key"]), int(change["logseq"]))
        elif change["kind"] == "lift":
            lift(policy, int(change["tombstone"]))
        else:
            for key in change["keys"]:
                policy.publish(bytes.fromhex(key), change["kind"] == "publish", int(change["logseq"]))
    return policy


def _verdict(given: Json) -> Verdict:
    return verdict(_policy(given["changes"]), bytes.fromhex(given["key"]), given["hasRecord"])


def policy_apply(given: Json) -> Json:
    return {"rows": [policy_row(*row) for row in _policy(given["changes"]).rows()]}


def policy_verdict(given: Json) -> Json:
    return {"verdict": _verdict(given)}


def open_put(given: Json) -> Json:
    admit_put(_verdict(given))
    return {}


def open_remove(given: Json) -> Json:
    admit_removal(_verdict(given), given["hasRecord"], given["hasOpenRecord"])
    return {}


def pack_plan(given: Json) -> Json:
    planner = Planner(given["blockLength"], given["smallLength"])
    seal_at = set(given.get("sealAt", []))
    placements: List[List[Json]] = []
    for index, length in enumerate(given["lengths"]):
        placements.append([vars(extent) for extent in planner.put(int(length))])
        if index in seal_at:
            planner.seal()
    return {"placements": placements, "blocks": [str(length) for length in planner.blocks]}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "index.lookup": index_lookup,
    "state.snapshotId": state_snapshot_id,
    "state.parse": state_parse,
    "state.equal": state_equal,
    "policy.apply": policy_apply,
    "policy.verdict": policy_verdict,
    "open.put": open_put,
    "open.remove": open_remove,
    "pack.plan": pack_plan,
}
