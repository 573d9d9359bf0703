"""The layout of vector files, and the comparison of what a generator makes with what is on disk."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

PYTHON = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PYTHON))

from operations import OPERATIONS  # noqa: E402
from recipe import HEX_BYTES_MAX, describe  # noqa: E402

VECTORS = PYTHON.parent / "vectors"
Json = Dict[str, Any]

# What `pnpm fix` finds out about a vector and writes into it; no generator makes it.
DERIVED = "from"
DERIVED_FLAGS = ("Resealed", "LastByte")


def describe_all(value: Any) -> Any:
    """JSON in which hexadecimal digits for more bytes than may be written out are described instead."""
    if isinstance(value, list):
        return [describe_all(member) for member in value]
    if isinstance(value, dict):
        return {key: describe_all(member) for key, member in value.items()}
    if isinstance(value, str) and len(value) > 2 * HEX_BYTES_MAX:
        return describe(bytes.fromhex(value))
    return value


class Group:
    """Vectors of one operation; `prefix` begins the clauses that do not name another document's."""

    def __init__(self, name: str, op: str, since: str, prefix: str = "CORE") -> None:
        self.name, self.op, self.since, self.prefix = name, op, since, prefix
        self.vectors: List[Json] = []

    def _clause(self, clause: str) -> str:
        return clause if clause.count("-") == 2 else f"{self.prefix}-{clause}"

    def _add(self, slug: str, kind: str, given: Json, expect: Json, source: str, more: Json) -> None:
        flags = {"flags": more["flags"]} if more.get("flags") else {}
        self.vectors.append({
            "id": f"{self.name}.{slug}",
            "level": more.get("level", "MUST"),
            "clauses": [self._clause(clause) for clause in more["clauses"].split()],
            "kind": kind,
            "in": given,
            "expect": expect,
            **flags,
            "why": more["why"],
            "kills": [f"{self.op.split('.')[0]}.{mutant}" for mutant in more["kills"].split()],
            "source": source,
            "since": self.since,
        })

    def ok(self, slug: str, kind: str, given: Json, ok: Optional[Json] = None, **more: Any) -> None:
        """An input that is taken; a result that is not written out is computed."""
        if ok is None:
            self._add(slug, kind, given, {"ok": describe_all(OPERATIONS[self.op](given))}, "python", more)
        else:
            self._add(slug, kind, given, {"ok": ok}, "hand", more)

    def reject(self, slug: str, given: Json, code: str, **more: Any) -> None:
        self._add(slug, "reject", given, {"err": {"code": code}}, "hand", more)

    def json(self) -> Json:
        return {"id": self.name, "op": self.op, "vectors": self.vectors}


def file_text(spec: str, groups: Sequence[Group]) -> str:
    ids = [vector["id"] for group in groups for vector in group.vectors]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"ids that stand twice: {', '.join(twice)}")
    document = {"format": "asl-vectors/1", "spec": spec, "groups": [group.json() for group in groups]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def carried(text: str, path: Path) -> str:
    """The text with what was derived for its vectors, as the file on disk has it."""
    if not path.is_file():
        return text
    old = {vector["id"]: vector for vector in _vectors(json.loads(path.read_bytes()))}
    document = json.loads(text)
    for group in document["groups"]:
        group["vectors"] = [_with_derived(vector, old.get(vector["id"], {})) for vector in group["vectors"]]
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _vectors(document: Json) -> List[Json]:
    return [vector for group in document["groups"] for vector in group["vectors"]]


def _with_derived(vector: Json, old: Json) -> Json:
    kept = [flag for flag in DERIVED_FLAGS if flag in old.get("flags", [])]
    flags = vector.get("flags", []) + kept
    out: Json = {}
    for key, value in vector.items():
        if key == "why" and flags:
            out["flags"] = flags
        if key != "flags":
            out[key] = value
        if key == "in" and DERIVED in old:
            out[DERIVED] = old[DERIVED]
    return out


def main(files: Dict[str, str], arguments: Sequence[str]) -> int:
    """Writes the files, named as below conformance/vectors; `--check` compares them with what is on disk."""
    if list(arguments) not in ([], ["--check"]):
        sys.exit("usage: [--check]")
    stale = 0
    for name, made in files.items():
        path = VECTORS / name
        text = carried(made, path)
        if not arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("ascii"))
        elif not path.is_file() or path.read_bytes() != text.encode("ascii"):
            stale += 1
            print(f"{name} is not what the generator makes")
    return 1 if stale else 0
