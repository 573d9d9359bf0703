#!/usr/bin/env python3
"""The Python implementation as an adapter of ACP/1 (conformance/PROTOCOL.md): one line in, one line out."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import traceback
from typing import Any, Dict

from amduat.errors import SpecError
from operations import OPERATIONS, Json
from recipe import HEX_BYTES_MAX

HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")
HELLO: Json = {
    "acp": 1,
    "impl": {"name": "amduat-python", "version": "0.0.0", "language": "Python"},
    "ops": list(OPERATIONS),
    "features": ["blake3", "ed25519"],
    "limits": {"window": 64},
}


def shortened(value: Any) -> Any:
    """Digits of many bytes as their digest."""
    if isinstance(value, str) and len(value) > 2 * HEX_BYTES_MAX and HEX.match(value):
        data = bytes.fromhex(value)
        return {"sha256": hashlib.sha256(data).hexdigest(), "length": str(len(data))}
    if isinstance(value, list):
        return [shortened(member) for member in value]
    if isinstance(value, dict):
        return {key: shortened(member) for key, member in value.items()}
    return value


def answer(op: str, given: Json) -> Json:
    if op == "hello":
        return {"ok": HELLO}
    if op in ("ping", "reset"):  # nothing is kept of what was asked before
        return {"ok": {}}
    if op not in OPERATIONS:
        return {"unsupported": {"reason": f"there is no {op}"}}
    try:
        return {"ok": shortened(OPERATIONS[op](given))}
    except SpecError as error:
        return {"err": {"code": error.code, "native": str(error)}}
    except Exception as error:  # a bug is no refusal
        return {"fault": {"message": repr(error), "trace": traceback.format_exc()}}


def main() -> None:
    out = sys.stdout.buffer
    # Whatever else is printed must not stand between the answers.
    sys.stdout = sys.stderr
    for line in sys.stdin.buffer:
        request: Dict[str, Any] = json.loads(line)
        reply = {"id": request["id"], **answer(request["op"], request["in"])}
        out.write(json.dumps(reply).encode("ascii") + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
