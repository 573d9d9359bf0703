#!/usr/bin/env python3
"""Runs every conformance vector through the Python implementation.

`--without-blake3` runs it as an implementation that does not support the optional hash function.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Callable, Iterator, Tuple

from amduat import core
from amduat.errors import SpecError
from operations import INVERSES, OPERATIONS, Json
from recipe import expand

VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def outcome(operation: Callable[[Json], Json], given: Json) -> Json:
    try:
        return {"ok": operation(given)}
    except SpecError as error:
        return {"err": {"code": error.code}}
    except Exception as error:  # a crash is a failed vector, not the end of the run
        return {"crash": repr(error)}


def expected(vector: Json) -> Json:
    if "Blake3" in vector.get("flags", []) and core.BLAKE3 not in core.FUNCTIONS:
        return {"err": {"code": "CORE.HASH_ID"}}
    return expand(vector["expect"])


def fault(op: str, vector: Json) -> str:
    """What is wrong with the outcome of a vector, or nothing."""
    if op not in OPERATIONS:
        return f"unknown op {op}"
    want, got = expected(vector), outcome(OPERATIONS[op], vector["in"])
    if got != want:
        return f"expected {json.dumps(want)}, got {json.dumps(got)}"
    if vector["kind"] != "roundtrip":
        return ""
    back = outcome(INVERSES[op], got["ok"])
    return "" if back == {"ok": expand(vector["in"])} else f"and back: {json.dumps(back)}"


def vectors(root: Path) -> Iterator[Tuple[str, Json]]:
    for path in sorted(root.glob("*/*.json")):
        document = json.loads(path.read_text(encoding="ascii"))
        if document["format"] != "asl-vectors/1":
            raise ValueError(f"{path.name}: unknown format {document['format']}")
        for group in document["groups"]:
            for vector in group["vectors"]:
                yield group["op"], vector


def run(root: Path) -> int:
    passed = failed = 0
    for op, vector in vectors(root):
        wrong = fault(op, vector)
        if wrong:
            failed += 1
            print(f"{vector['id']}: {wrong}")
        else:
            passed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments not in ([], ["--without-blake3"]):
        sys.exit("usage: run_vectors.py [--without-blake3]")
    if arguments:
        del core.FUNCTIONS[core.BLAKE3]
    sys.exit(run(VECTORS))
