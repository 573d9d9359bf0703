"""ASL/STORAGE/1 §3 and §4: the objects of a store in a folder. Brackets name clauses."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, List, NamedTuple

from .errors import SpecError

GENESIS = "snapshots/genesis"
U64_MAX = 2**64 - 1
# Of the objects of §3 but the genesis manifest; group 1 is the number [STO-OBJ-1].
NUMBERED = (
    re.compile(r"(?:blocks|segments|policies|snapshots)/[0-9a-f]{64}/(0|[1-9][0-9]{0,19})"),
    re.compile(r"(?:log|writer|leaves|records)/((?!0{20})[0-9]{20})"),
)


# Beside the objects [STO-OBJ-2].
NO_OBJECTS = (("derived",), ("tmp",), ("keys",))


class Fault(NamedTuple):
    object: str
    code: str


@contextmanager
def about(name: str) -> Iterator[None]:
    """Refusals say in which object the fault is [STO-VFY-2]."""
    try:
        yield
    except SpecError as error:
        raise SpecError(error.code, error.offset, error.subject or name) from error


def is_object_name(name: str) -> bool:
    matches = [match for match in (form.fullmatch(name) for form in NUMBERED) if match]
    return name == GENESIS or any(int(match[1]) <= U64_MAX for match in matches)


def number_of(name: str) -> int:
    """The epoch, the logseq or the generation."""
    return int(name.rpartition("/")[2])


def object_name(kind: str, identity: bytes, generation: int = 0) -> str:
    return f"{kind}/{identity.hex()}/{generation}"


def numbered_name(kind: str, number: int) -> str:
    return f"{kind}/{number:020}"


def identity_of(name: str) -> bytes:
    return bytes.fromhex(name.split("/")[1])


def _refuse(error: OSError) -> None:
    raise error


class Folder:
    """The part of the port a reader needs; a folder without files holds no object."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def names(self, under: str = "") -> List[str]:
        try:
            return sorted(
                (Path(folder) / file).relative_to(self.root).as_posix()
                for folder, _, files in os.walk(self.root / under, onerror=_refuse)
                for file in files
                if Path(folder).relative_to(self.root).parts[:1] not in NO_OBJECTS
            )
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise SpecError("STORE.IO", subject=under) from error  # [STO-ERR-4]

    def of(self, kind: str) -> List[str]:
        """The objects of a kind, but for the genesis manifest."""
        return [name for name in self.names(kind) if is_object_name(name) and name != GENESIS]

    def read(self, name: str) -> bytes:
        try:
            with open(self.root / name, "rb") as file:
                data = file.read()
                if name.startswith("log/"):
                    os.fsync(file.fileno())  # so that all that was read is durable [STO-RDR-2]
                return data
        except OSError as error:
            raise SpecError("STORE.IO", subject=name) from error  # [STO-ERR-4]

    def lowest(self, kind: str, identity: bytes) -> str:
        names = self.of(f"{kind}/{identity.hex()}")
        if not names:
            raise SpecError("STORE.MISSING", subject=object_name(kind, identity))  # [STO-ERR-2]
        return min(names, key=number_of)  # [STO-OBJ-3]
