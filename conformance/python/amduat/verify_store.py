"""ASL/STORAGE/1 §11: verification of a store folder. The identifiers in brackets are clauses of the documents."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from . import core, domain, log, roots, segment, snapshot
from .errors import SpecError
from .folder import GENESIS, Fault, Folder, identity_of, is_object_name, number_of, object_name
from .history import Anchor, Part, Replay, anchors_of, read_manifest, read_part, read_policy
from .index import Record
from .kept import kept_record
from .store import Store, read_artifact

# Claims

CLAIM = {
    "domain": str, "host": str, "boot": str, "processNamespace": str,
    "process": int, "processStart": str, "thread": int, "nonce": str,
}  # fmt: skip
DONE = b"done\n"


def _claim(line: bytes) -> Dict[str, object]:
    try:
        claim = json.loads(line.decode("ascii"))
        # Python escapes in strings what §6.1 says, in the same way.
        canonical = json.dumps(claim, separators=(",", ":")).encode("ascii")
    except (ValueError, RecursionError):
        raise SpecError("STORE.CONFLICT")
    if canonical != line or not isinstance(claim, dict):
        raise SpecError("STORE.CONFLICT")
    return claim


def claim_domain(data: bytes) -> bytes:
    """The domain that a claim of the right form gives."""
    line, _, rest = data.partition(b"\n")
    digest = hashlib.sha256(line).hexdigest().encode("ascii") + b"\n"
    if not rest.startswith(digest) or not DONE.startswith(rest[len(digest) :]):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    claim = _claim(line)
    if [(member, type(value)) for member, value in claim.items()] != list(CLAIM.items()):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    if min(claim["process"], claim["thread"]) < 0:  # type: ignore[type-var]
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    if not re.fullmatch("[0-9a-f]{64}", str(claim["domain"])):
        raise SpecError("STORE.CONFLICT")  # [STO-CLM-1]
    return bytes.fromhex(str(claim["domain"]))


# Verification


class Verifier:
    """Every check goes on where another ended [STO-VFY-2]."""

    def __init__(self, root: Path) -> None:
        self.folder = Folder(root)
        self.faults: Set[Fault] = set()
        self.store: Optional[Store] = None
        self.names: List[str] = []
        self.attempt("", self._list)
        self.attempt(GENESIS, self._open)
        self.domain_id = self._agreed_domain()
        self.attempt(GENESIS, self._stranger)
        self.replay: Optional[Replay] = None
        self.attempt("log", self._replay)

    def attempt(self, name: str, check: Callable[[], object]) -> None:
        try:
            check()
        except SpecError as error:
            self.faults.add(Fault(error.subject or name, error.code))

    def _open(self) -> None:
        self.store = Store(self.folder.root)

    def _replay(self) -> None:
        self.replay = self.store.replay if self.store else None
        if self.replay is not None and self.replay.history.fault is not None:
            self.faults.add(self.replay.history.fault)

    def _list(self) -> None:
        self.names = self.folder.names()

    def _agreed_domain(self) -> Optional[bytes]:
        """[STO-VFY-4]"""
        votes: Counter[bytes] = Counter()
        for name in self.of("log") + self.of("writer"):
            try:
                data = self.folder.read(name)
                is_log = name.startswith("log/")
                votes[log.decode_header(data, None).domain_id if is_log else claim_domain(data)] += 1
            except SpecError:
                pass  # it is named where it is checked
        own = self.store.domain_id if self.store else None
        if own is not None and votes[own] == max(votes.values()):
            return own
        return votes.most_common(1)[0][0] if votes else None

    def _stranger(self) -> None:
        if GENESIS not in self.names or self.domain_id is None:
            return
        if domain.domain_id(self.folder.read(GENESIS)) != self.domain_id:
            if self.store is not None:
                self.store.domain_id = self.domain_id
            raise SpecError("DOM.ID")  # [DOM-ID-2] [STO-VFY-4]

    def of(self, kind: str) -> List[str]:
        names = [name for name in self.names if name.startswith(f"{kind}/") and name != GENESIS]
        return [name for name in names if is_object_name(name)]

    def has(self, kind: str, identity: bytes) -> bool:
        return any(name.startswith(f"{kind}/{identity.hex()}/") for name in self.of(kind))

    def strays(self) -> None:
        names = [name for name in self.names if not is_object_name(name)]
        self.faults.update(Fault(name, "STORE.STRAY") for name in names)  # [STO-ERR-3]

    def blocks(self) -> None:
        for name in self.of("blocks"):
            self.attempt(name, lambda: core.verify_block(identity_of(name), self.folder.read(name)))

    def claims(self) -> None:
        for name in self.of("writer"):
            self.attempt(name, lambda: self._claim(self.folder.read(name)))

    def _claim(self, data: bytes) -> None:
        if claim_domain(data) != self.domain_id:
            raise SpecError("STORE.CONFLICT")  # [STO-VFY-4]

    # Log

    def log_files(self) -> None:
        parts: List[Part] = []
        for name in self.of("log"):
            self.attempt(name, lambda: parts.append(read_part(name, self.folder.read(name), self.domain_id)))
        for at, part in enumerate(parts):
            self._log_file(part, [higher.base for higher in parts[at + 1 :]])

    def bases(self) -> None:
        """Where a log file is at fault, that it does not reach the next one is no fault of its own [STO-VFY-5]."""
        logs = {fault for fault in self.faults if fault.object.startswith("log/")}
        if any(fault.code != "LOG.BASE" for fault in logs):
            self.faults -= {fault for fault in logs if fault.code == "LOG.BASE"}

    def _log_file(self, part: Part, higher: Sequence[int]) -> None:
        if part.fault is not None:
            self.faults.add(part.fault)
        self.faults.update(Fault(part.name, code) for code in part.invalid.values())
        if part.torn and not any(base <= part.end for base in higher):
            self.faults.add(Fault(part.name, "LOG.TORN"))  # [STO-EPO-10] [LOG-FRM-3]

    # Segments

    def segments(self) -> None:
        for name in self.of("segments"):
            self.attempt(name, lambda: self._segment(name))

    def _segment(self, name: str) -> None:
        records = segment.decode_segment(self.folder.read(name), identity_of(name))
        extents = {extent for record in records for extent in record.extents if extent != core.EMPTY}
        for block_id in {extent.block for extent in extents}:
            if not self.has("blocks", block_id):
                self.faults.add(Fault(object_name("blocks", block_id), "STORE.MISSING"))  # [STO-ERR-2]
        for record in records:
            if not record.tombstone:
                self._artifact(name, record)

    def _artifact(self, name: str, record: Record) -> None:
        faulty = {fault.object.split("/")[1] for fault in self.faults if fault.object.startswith("blocks/")}
        # Else the fault is the block's [STO-VFY-5].
        if not any(extent.block.hex() in faulty for extent in record.extents):
            self.attempt(name, lambda: read_artifact(self.folder, record))

    # Policy tables, manifests, what cuts kept: each by itself

    def policies(self) -> None:
        for name in self.of("policies"):
            self.attempt(name, lambda: snapshot.decode_policy(self.folder.read(name), identity_of(name)))

    def manifests(self) -> None:
        for name in self.of("snapshots"):
            self.attempt(name, lambda: snapshot.decode_manifest(self.folder.read(name), identity_of(name)))

    def kept(self) -> None:
        """What belongs to no cut that came to its end is not looked at (§10.2)."""
        if self.replay is None or not self.replay.history.base:
            return
        self.attempt("leaves", lambda: self.replay.kept)  # [STO-CUT-5]
        for name in self.of("records"):
            self.attempt(name, lambda: self._kept_record(name))

    def _kept_record(self, name: str) -> None:
        replay = self.replay
        if number_of(name) > replay.history.base:
            return
        try:
            kept = replay.kept
        except SpecError:
            return  # it is named as that of the leaves
        kept.check(name, kept_record(name, self.folder.read(name)))  # [STO-VFY-5]

    # Replay

    def records(self) -> None:
        """Of all records, and the anchors with the states that the records below give."""
        if self.replay is None:
            return
        replay, history = self.replay, self.replay.history
        wanted = {anchor.position for anchor in replay.anchors}
        states: Dict[int, log.State] = {}
        anchors: List[Anchor] = []
        seals: Dict[Tuple[int, bytes], None] = {}
        state = replay.start_at(history.base, replay.snapshot_at(history.base) if history.base else None)
        while True:
            seals.update(dict.fromkeys(state.seals))
            if state.position in wanted:
                states[state.position] = copy.deepcopy(state)
            if state.position == history.end:
                break
            entry = history.above(state.position)[0]
            try:
                replay.apply(state, entry)
                anchors += anchors_of(entry.name, entry.record)
            except SpecError as error:
                self.faults.add(Fault(error.subject, error.code))
                resumed = self._resumed(at for at in wanted if at > state.position)
                if resumed is None:
                    break
                state = resumed
        self._seals(seals)
        for anchor in anchors:
            if anchor.position >= history.base:
                self._anchor(anchor, states.get(anchor.position))
        if history.base and self._has_kept():
            for anchor in [*replay.kept_anchors, *anchors]:
                if anchor.position < history.base:
                    self._lower_anchor(anchor)

    def _has_kept(self) -> bool:
        assert self.replay is not None
        try:
            return bool(self.replay.kept)
        except SpecError:
            return False  # it is named as that of the leaves

    def _resumed(self, positions: Iterable[int]) -> Optional[log.State]:
        """After an invalid record, the next position that an anchor names is defined again [LOG-RPL-4]."""
        assert self.replay is not None
        for position in sorted(positions):
            given = self.replay.snapshot_at(position)
            if given is not None:
                return self.replay.start_at(position, given)
        return None

    # Anchors

    def _anchor(self, anchor: Anchor, state: Optional[log.State]) -> None:
        """Of the state at its position, if there is one to compare it with."""
        assert self.replay is not None
        named, expected = anchor.body.manifest_hash, self.replay.expected(anchor.position)
        manifest: List[snapshot.Manifest] = []
        self.attempt("", lambda: manifest.append(read_manifest(self.folder, named, expected)))
        for each in manifest:
            name = self.folder.lowest("snapshots", named)
            self.attempt(name, lambda: self._manifest(name, each, state))
            self.attempt(name, lambda: self._lost(each))
        if state is not None:
            self._roots(anchor, manifest[0].blind if manifest else None, state)

    def _lower_anchor(self, anchor: Anchor) -> None:
        """Of a position below the base, where nothing is asked for if its snapshot was not kept [LOG-RPL-13]."""
        assert self.replay is not None
        if not self.replay.names_snapshot(anchor):
            self.faults.add(Fault(anchor.name, "LOG.ANCHOR.SNAPSHOT"))  # [LOG-CUT-4]
        elif self.has("snapshots", anchor.body.manifest_hash):
            given = self.replay.snapshot(anchor)
            self._anchor(anchor, None if given is None else self.replay.below(anchor.position, given))

    def _manifest(self, name: str, manifest: snapshot.Manifest, state: Optional[log.State]) -> None:
        for _, segment_id in manifest.segments:
            if not self.has("segments", segment_id):
                self.faults.add(Fault(object_name("segments", segment_id), "STORE.MISSING"))
        if state is not None and not self._is_of(manifest, state):
            self.faults.add(Fault(name, "MANIFEST.STATE"))  # [STX-MAN-11] [STO-VFY-5]
        rows = read_policy(self.folder, manifest.policy_hash, None)
        said = [row.publication.logseq for row in rows if row.publication is not None]
        if any(logseq > manifest.position for row in rows for logseq in (*row.tombstones, *said)):
            self.faults.add(Fault(name, "MANIFEST.STATE"))  # [STX-PTB-13] [STO-VFY-5]

    def _lost(self, manifest: snapshot.Manifest) -> None:
        """What a manifest of the base or below counts among its records was kept [STO-VFY-5]."""
        assert self.replay is not None
        if manifest.position > self.replay.history.base or not self._has_kept():
            return
        records = [record for record in self.replay.kept_records if record.record.logseq <= manifest.position]
        anchors = [anchor for each in records for anchor in anchors_of(each.name, each.record)]
        greatest = max([anchor.position for anchor in anchors], default=0)
        if greatest > manifest.anchored:
            raise SpecError("MANIFEST.STATE")
        types = {each.record.record_type for each in records}
        if greatest < manifest.anchored or log.AUTHORITY_ROTATE in set(manifest.types) - types:
            raise SpecError("STORE.MISSING")

    def _is_of(self, manifest: snapshot.Manifest, state: log.State) -> bool:
        rows = [snapshot.Row(key, tuple(tombstones), said) for key, tombstones, said in state.policy.rows()]
        return (
            manifest.policy_hash == snapshot.policy_hash(snapshot.encode_policy(rows))
            and list(manifest.types) == sorted(state.types)
            and manifest.anchored == (state.anchors[-1][1] if state.anchors else 0)
            and self._same_records(manifest, state)
        )

    def _same_records(self, manifest: snapshot.Manifest, state: log.State) -> bool:
        """The segments give at the position what those of the seals give, with the logseqs [STO-CMP-3]."""
        seals = set(state.seals)
        if any(seal != 0 and (seal, segment_id) not in seals for seal, segment_id in manifest.segments):
            return False
        try:
            expected = self._deciding(state.seals, state.position)
        except SpecError:
            return True  # it is named as that of the segments
        try:
            return self._deciding(manifest.segments, manifest.position) == expected
        except SpecError as error:
            return error.code != "IDX.DUPLICATE"

    def _deciding(
        self, segments: Iterable[Tuple[int, bytes]], position: int
    ) -> Mapping[bytes, Tuple[int, Record]]:
        """By key, the records that lookups find, with their effective logseqs."""
        assert self.store is not None
        found: Dict[bytes, Tuple[int, bytes, Record]] = {}
        for seal, segment_id in sorted(set(segments)):
            for key, record in self.store.segment(segment_id).items():
                effective = record.logseq or seal  # [IDX-VIS-2]
                other = found.get(key, (-1, segment_id, record))
                if max(effective, seal) > position or effective < other[0]:
                    continue  # [IDX-VIS-3] [IDX-GET-1]
                if effective == other[0] and segment_id != other[1]:
                    raise SpecError("IDX.DUPLICATE")  # [IDX-GET-3]
                found[key] = (effective, segment_id, record._replace(logseq=0))
        return {key: (at, record) for key, (at, _, record) in found.items() if not record.tombstone}

    def _roots(self, anchor: Anchor, blind: Optional[bytes], state: log.State) -> None:
        """From all entries; a partial state has no roots [STX-ROOT-5]."""
        assert self.store is not None
        if state.unknown_types:
            return
        try:
            entries = self.store.entries(state)
        except SpecError:
            return  # it is named as that of the segments
        # Where the manifest cannot be read, nothing gives the blind.
        state_root = anchor.body.state_root if blind is None else roots.state_root(blind, entries)
        if (state_root, roots.public_root(entries)) != (anchor.body.state_root, anchor.body.public_root):
            self.faults.add(Fault(anchor.name, "LOG.ANCHOR.ROOT"))  # [LOG-ACT-7] [STO-VFY-5]

    # Seals

    def _seals(self, seals: Iterable[Tuple[int, bytes]]) -> None:
        sealed: Dict[int, List[bytes]] = {}
        for seal, segment_id in seals:
            if not self.has("segments", segment_id):
                self.faults.add(Fault(object_name("segments", segment_id), "STORE.MISSING"))  # [STO-ERR-2]
            elif seal != 0:  # else it is merged, and of no seal
                self.attempt("", lambda: self._sealed(segment_id, sealed.setdefault(seal, [])))

    def _sealed(self, segment_id: bytes, others: List[bytes]) -> None:
        """A segment beside the others of the same seal."""
        assert self.store is not None
        records = self.store.segment(segment_id)
        if any(record.logseq for record in records.values()):
            self._name(segment_id, "SEG.LOGSEQ")  # [IDX-REC-4]
        for other in others:
            if not records.keys().isdisjoint(self.store.segment(other)):
                self._name(segment_id, "IDX.DUPLICATE")  # [IDX-GET-3] [STO-VFY-5]
        others.append(segment_id)

    def _name(self, segment_id: bytes, code: str) -> None:
        self.faults.add(Fault(self.folder.lowest("segments", segment_id), code))


def verify(root: Path) -> List[Fault]:
    """Every object and what it names [STO-VFY-1]; nothing is written [STO-VFY-3]."""
    verifier = Verifier(root)
    if Fault(GENESIS, "STORE.NOT_A_STORE") not in verifier.faults:
        verifier.strays()
        verifier.blocks()  # before the artifacts that lie in them
        verifier.segments()
        verifier.policies()
        verifier.manifests()
        verifier.log_files()
        verifier.bases()
        verifier.kept()
        verifier.records()
        verifier.claims()
    return sorted(verifier.faults)
