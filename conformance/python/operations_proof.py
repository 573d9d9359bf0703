"""The operations of ASL/PROOF/1, from the `in` of a vector to its `ok`."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from amduat import proof
from recipe import to_bytes

Json = Dict[str, Any]


def _optional(given: Json, name: str) -> Optional[bytes]:
    return to_bytes(given[name]) if name in given else None


def proof_check(given: Json) -> Json:
    claims = proof.check(to_bytes(given["bytes"]), _optional(given, "key"))
    return {
        "domainId": claims.domain_id.hex(),
        "position": str(claims.position),
        "anchor": str(claims.anchor),
        "size": str(claims.size),
        "reference": claims.reference.hex(),
        "verdict": claims.verdict,
        "bytes": claims.bytes,
        "authority": claims.authority,
    }


def proof_encode(given: Json) -> Json:
    data = proof.encode_proof(
        *(to_bytes(given[name]) for name in ("genesis", "head", "previous", "anchor")),
        [to_bytes(one) for one in given["path"]],
        _optional(given, "blind"),
        to_bytes(given["entry"]),
        _optional(given, "bytes"),
    )
    return {"bytes": data.hex()}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "proof.check": proof_check,
    "proof.encode": proof_encode,
}
