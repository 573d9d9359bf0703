#!/usr/bin/env python3
"""read_store.py FOLDER: what a store says at every position, and its faults, as lines of JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Dict, List

from amduat import core
from amduat.errors import SpecError
from amduat.store import Listed, Store
from amduat.verify_store import verify


def show_key(store: Store, listed: Listed, position: int) -> Dict[str, str]:
    shown = {"ref": core.format_reference(core.decode_reference(listed.key)), "verdict": listed.verdict}
    if listed.length is not None:
        shown["length"] = str(listed.length)
    if listed.verdict in ("internal", "published"):
        try:
            store.read(listed.key, position)
        except SpecError as error:
            shown["error"] = error.code
    return shown


def show_position(store: Store, position: int) -> Dict[str, object]:
    shown: Dict[str, object] = {"position": str(position)}
    try:
        shown["snapshotId"] = store.state(position).snapshot_id(position).hex()
        shown["keys"] = [show_key(store, listed, position) for listed in store.keys(position)]
    except SpecError as error:
        # The position is not defined; or no key is reported absent for a segment that cannot be read [IDX-GET-5].
        shown["error"] = error.code
    return shown


def show(line: Dict[str, object]) -> None:
    print(json.dumps(line, separators=(",", ":")))


def main(arguments: List[str]) -> int:
    root = Path(arguments[0])
    try:
        store = Store(root)
        for position in range(store.last + 1):
            show(show_position(store, position))
    except SpecError as error:  # no position is defined: what is at fault stands in the last line
        print(error, file=sys.stderr)
    show({"faults": verify(root)})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
