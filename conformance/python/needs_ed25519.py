#!/usr/bin/env python3
"""The IDs of the vectors that make or check an Ed25519 signature, as a list of JSON: those of the feature `ed25519`."""

from __future__ import annotations

import json
from typing import Any, Callable, List

from amduat import ed25519
from operations import OPERATIONS
from run_vectors import VECTORS, outcome, vectors


def needing() -> List[str]:
    used: List[str] = []
    current = ""

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any) -> Any:
            used.append(current)
            return function(*given)

        return noted

    for name in ("public_key", "sign", "verify"):
        setattr(ed25519, name, noting(getattr(ed25519, name)))
    for op, vector in vectors(VECTORS):
        current = vector["id"]
        outcome(OPERATIONS[op], vector["in"])
    return sorted(set(used))


if __name__ == "__main__":
    print(json.dumps(needing()))
