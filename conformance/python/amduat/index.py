"""ASL/1-CORE-INDEX and ASL/STORE-INDEX/1, as far as logs and segments need them."""

from __future__ import annotations

import hashlib
from typing import Dict, List, NamedTuple, Optional, Tuple

from . import core

NO_DOMAIN = bytes(32)


class Record(NamedTuple):
    """All fields of an index record [IDX-REC-1]; `key` is the binary form of a reference."""

    key: bytes
    logseq: int
    tombstone: bool
    extents: Tuple[core.Extent, ...]
    type_tag: Optional[int]
    published: bool
    domain: bytes
    source: bytes


def snapshot_id(domain: bytes, position: int, record_hash: bytes) -> bytes:
    # [STX-SNAP-1]
    return hashlib.sha256(
        b"ASL/SNAPSHOT/1" + domain + position.to_bytes(8, "little") + record_hash
    ).digest()


class Publication(NamedTuple):
    published: bool
    logseq: int


class Policy:
    """What the log says about keys, whether or not they have a record [STX-POL-4] [STX-POL-5]."""

    def __init__(self) -> None:
        self._live: Dict[int, bytes] = {}
        self._publications: Dict[bytes, Publication] = {}

    def tombstone(self, key: bytes, logseq: int) -> None:
        self._live[logseq] = key  # [STX-POL-1]

    def tombstoned(self, logseq: int) -> Optional[bytes]:
        """The key of a live tombstone."""
        return self._live.get(logseq)

    def lift(self, logseq: int) -> None:
        del self._live[logseq]  # [STX-POL-2]

    def publish(self, key: bytes, published: bool, logseq: int) -> None:
        self._publications[key] = Publication(published, logseq)  # [STX-POL-3]

    def is_published(self, key: Optional[bytes]) -> bool:
        last = None if key is None else self._publications.get(key)
        return last is not None and last.published

    def rows(self) -> List[Tuple[bytes, List[int], Optional[Publication]]]:
        """Exactly the keys with a live tombstone or any publication, ascending [STX-POL-6]."""
        tombstones: Dict[bytes, List[int]] = {key: [] for key in self._publications}
        for logseq in sorted(self._live):
            tombstones.setdefault(self._live[logseq], []).append(logseq)
        return [(key, tombstones[key], self._publications.get(key)) for key in sorted(tombstones)]
