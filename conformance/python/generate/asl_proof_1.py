#!/usr/bin/env python3
"""Writes the vectors of ASL/PROOF/1, or compares them with what is on disk (`--check`).

Every proof is built here from records and entries, so that all hashes and signatures around a fault are right.
"""

from __future__ import annotations

import hmac
import hashlib
import sys
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from asl_store_index_1 import bits, gone_bytes, le, proof as pack_proof, state_bytes
from head_draft import (
    KEY, ORDER, OTHER_KEY, OTHER_SEED, SEED, ZERO, id_of, large_path, leaf, line, node, note_of, path_of,
    root_of, row_of_hashes, same, sha256, signed, text_of,
)  # fmt: skip
from vector_file import Group, describe, file_text, main

from amduat import ed25519
from amduat.blake3 import Blake3

SPEC = "ASL/PROOF/1"
LAST = 2**64 - 1
SECRET = same(0x5E)
TWO_FAULTS = ["TwoFaults"]

Json = Dict[str, Any]


def group(name: str, op: str) -> Group:
    return Group(f"proof.{name}", f"proof.{op}", "0.1.0", "PRF")


# Artifacts and their entries


def canonical(data: bytes, tag: Optional[int]) -> bytes:
    header = b"\x00" if tag is None else b"\x01" + tag.to_bytes(4, "big")
    return header + len(data).to_bytes(8, "big") + data


def reference_of(data: bytes, tag: Optional[int] = None) -> bytes:
    return b"\x00\x01" + sha256(canonical(data, tag))


def blake3_of(data: bytes) -> bytes:
    state = Blake3()
    state.update(canonical(data, None))
    return b"\x00\x02" + state.digest()


SHOWN, HELD, OTHER_SHOWN = b"shown to all", b"held and not shown", b"shown as well"
TAG = 0x01020304


def shown(data: bytes, tag: Optional[int] = None, **fields: Any) -> bytes:
    tagged = {} if tag is None else {"has_tag": 1, "tag": tag}
    fields = {"publication": 1, "length": len(data), **tagged, **fields}
    return state_bytes(fields.pop("reference", reference_of(data, tag)), **fields)


def held(data: bytes, **fields: Any) -> bytes:
    return shown(data, **{"publication": 0, **fields})


E_SHOWN, E_OTHER, E_HELD = shown(SHOWN), shown(OTHER_SHOWN), held(HELD)
E_TAGGED, E_EMPTY = shown(b"tagged", TAG), shown(b"")
E_BLAKE3 = shown(b"other hash", reference=blake3_of(b"other hash"))
E_UNPUBLISHED = shown(b"was shown", publication=2)
E_TOMBSTONED = shown(b"shown and gone", tombstones=[2])
E_TOMBSTONED_HELD = held(b"held and gone", tombstones=[2])
E_ABSENT = gone_bytes(reference_of(b"never here"), publication=1)
E_ABSENT_HELD = gone_bytes(reference_of(b"once here"), publication=2)
E_ORIGIN = shown(b"from elsewhere", origin=same(0xD1), source=same(0xD2))
PUBLIC = (E_SHOWN, E_OTHER, E_TAGGED, E_EMPTY, E_BLAKE3, E_ORIGIN)
STATE = (*PUBLIC, E_HELD, E_UNPUBLISHED, E_TOMBSTONED, E_TOMBSTONED_HELD, E_ABSENT, E_ABSENT_HELD)


# Tries


def subtree(entries: Sequence[bytes], depth: int) -> bytes:
    if len(entries) < 2:
        return leaf(entries[0]) if entries else ZERO
    sides = [[entry for entry in entries if bits(entry[:34])[depth] == bit] for bit in "01"]
    return node(subtree(sides[0], depth + 1), subtree(sides[1], depth + 1))


def way(entries: Sequence[bytes], key: bytes) -> Tuple[Dict[int, bytes], int, Sequence[bytes]]:
    """The siblings that are not empty, the depth, and what stands at the end."""
    siblings: Dict[int, bytes] = {}
    depth = 0
    while len(entries) > 1:
        bit = bits(key)[depth]
        aside = [entry for entry in entries if bits(entry[:34])[depth] != bit]
        if aside:
            siblings[depth] = subtree(aside, depth + 1)
        entries = [entry for entry in entries if bits(entry[:34])[depth] == bit]
        depth += 1
    return siblings, depth, entries


def entry_proof(entries: Sequence[bytes], entry: bytes) -> bytes:
    siblings, depth, end = way(entries, entry[:34])
    return pack_proof(len(end), depth, siblings, b"".join(end))


# Domains, logs, proofs


class Domain(NamedTuple):
    is_open: bool
    seed: bytes = SEED
    key: bytes = KEY
    name: bytes = b"demo"
    nonce: bytes = same(0x22)

    def genesis(self) -> bytes:
        return (le(1, 4) + self.key + ZERO + bytes([len(self.name)]) + self.name + bytes([self.is_open])
                + self.nonce)  # fmt: skip

    def blind(self, position: int) -> bytes:
        if self.is_open:
            return ZERO
        return hmac.new(SECRET, b"ASL/STATE/1" + le(position, 8), hashlib.sha256).digest()


OPEN, CLOSED = Domain(True), Domain(False)
OTHER_OPEN, OTHER_CLOSED = Domain(True, nonce=same(0x23)), Domain(False, nonce=same(0x23))
THEIRS = Domain(True, OTHER_SEED, OTHER_KEY)


class Parts(NamedTuple):
    genesis: bytes
    head: bytes
    previous: bytes
    anchor: bytes
    path: List[bytes]
    blind: Optional[bytes]
    entry: bytes
    bytes: Optional[bytes]

    def file(self, magic: bytes = b"ASLPRF01", version: int = 1, flags: Optional[int] = None,
             genesis_length: Optional[int] = None, head_length: Optional[int] = None) -> bytes:
        if flags is None:
            flags = (self.bytes is not None) + 2 * (self.blind is not None)
        first = len(self.genesis) if genesis_length is None else genesis_length
        second = len(self.head) if head_length is None else head_length
        return b"".join((magic, le(version, 4), le(flags, 4), le(first, 4), self.genesis, le(second, 4),
                         self.head, self.previous, self.anchor, *self.path, self.blind or b"", self.entry,
                         self.bytes or b""))

    def offsets(self) -> Dict[str, int]:
        """Where the fields begin."""
        widths = {
            "magic": 8, "version": 4, "flags": 4, "genesis-length": 4, "genesis": len(self.genesis),
            "head-length": 4, "head": len(self.head), "previous": 32, "anchor": 177,
            "path": 32 * len(self.path), "blind": len(self.blind or b""), "entry": len(self.entry),
            "bytes": len(self.bytes or b""),
        }  # fmt: skip
        at, found = 0, {}
        for name, width in widths.items():
            found[name] = at
            at += width
        return {**found, "end": at}


class Log:
    """The records of a domain, one of them an anchor of a state of these entries; anything can be given otherwise."""

    def __init__(self, domain: Domain = OPEN, public: Sequence[bytes] = PUBLIC,
                 state: Sequence[bytes] = STATE,
                 size: int = 7, anchor: int = 5, position: int = 3, first_byte: int = 1,
                 salt: Optional[bytes] = None, own: Optional[int] = None, blind: Optional[bytes] = None,
                 record_type: int = 4, leaf_byte: int = 1) -> None:
        self.domain, self.public, self.state = domain, public, state
        self.size, self.at, self.position = size, anchor, position
        self.domain_id = sha256(domain.genesis())
        self.blind = domain.blind(position) if blind is None else blind
        self.state_root = sha256(b"\x02", self.blind, subtree(state, 0))
        self.public_root = subtree(public, 0)
        if salt is None:
            salt = ZERO if domain.is_open else same(0x5A)
        self.hashes, self.leaves, self.anchor = [self.domain_id], [], b""
        for logseq in range(1, size + 1):
            # The others are seals of one segment each.
            kind, payload = 1, bytes([domain.is_open]) + salt + le(1, 4) + same(logseq % 256)
            if logseq == anchor:
                snapshot = sha256(b"ASL/SNAPSHOT/1", self.domain_id, le(position, 8),
                                  self.hashes[min(position, logseq - 1)])
                self.anchor = payload = (
                    bytes([first_byte]) + salt + snapshot + le(position,
                                                               8) + self.state_root + self.public_root
                    + same(0xEE) + le(logseq if own is None else own, 8)
                )  # fmt: skip
                kind = record_type
            self.hashes.append(sha256(self.hashes[-1], le(kind, 4), payload))
            data = bytes([leaf_byte if logseq == anchor else payload[0]]) + self.hashes[-1]
            self.leaves.append(leaf(data))
        self.root = root_of(self.leaves)

    def text(self, size: Optional[int] = None) -> str:
        size = self.size if size is None else size
        return text_of(size, root_of(self.leaves[:size]), self.domain_id)

    def note(self) -> bytes:
        text = self.text()
        return note_of(text, signed(text, self.domain.seed, self.domain.key))

    def parts(self, entry: bytes = E_SHOWN, data: Optional[bytes] = None) -> Parts:
        """The genuine proof of an entry under PublicRoot."""
        return Parts(self.domain.genesis(), self.note(), self.hashes[self.at - 1], self.anchor,
                     path_of(self.leaves, self.at - 1), None, entry_proof(self.public, entry),
                     data)  # fmt: skip

    def held(self, entry: bytes = E_HELD, data: Optional[bytes] = None) -> Parts:
        """The genuine proof of an entry under StateRoot."""
        return self.parts(self.public[0] if self.public else entry, data)._replace(
            blind=self.blind, entry=entry_proof(self.state, entry))  # fmt: skip


def large(size: int, at: int, position: int, domain: Domain = OPEN) -> Parts:
    """A proof out of a log too large to have."""
    short = Log(domain, size=5, anchor=5, position=3)
    anchor = short.anchor[:65] + le(position, 8) + short.anchor[73:169] + le(at, 8)
    data = b"\x01" + sha256(same(0xAA), le(4, 4), anchor)
    path, root = large_path(leaf(data), at - 1, size, row_of_hashes())
    text = text_of(size, root, short.domain_id)
    return short.parts()._replace(head=note_of(text, signed(text)), previous=same(0xAA), anchor=anchor,
                                  path=path)


def claims(domain: Domain = OPEN, position: int = 3, anchor: int = 5, size: int = 7, entry: bytes = E_SHOWN,
           verdict: str = "published", data: bool = False, authority: bool = False) -> Json:
    return {"domainId": sha256(domain.genesis()).hex(), "position": str(position), "anchor": str(anchor),
            "size": str(size), "reference": entry[:34].hex(), "verdict": verdict, "bytes": data,
            "authority": authority}  # fmt: skip


def given(file: bytes, key: Optional[bytes] = None) -> Json:
    return {"bytes": describe(file), **({} if key is None else {"key": key.hex()})}


L, C = Log(), Log(CLOSED)


def check() -> Group:
    g = group("check", "check")

    def take(slug: str, file: bytes, ok: Json, clauses: str, why: str, kills: str,
             key: Optional[bytes] = None,
             **more: Any) -> None:
        g.ok(slug, "output", given(file, key), ok, clauses=f"FILE-1 {clauses}", why=why, kills=kills, **more)

    order = "previous-after-anchor head-before-genesis integers-big-endian"
    for name, log, domain in (("open", L, OPEN), ("closed", C, CLOSED)):
        take(f"{name}-public", log.parts().file(), claims(domain), "FILE-4 FILE-6 LNK-6 LNK-8 SAY-1",
             "The fields are read in another order.",
             f"{order} version-from-0 limit-u8 leaf-without-public leaf-without-type bytes-always-claimed")
        take(f"{name}-public-bytes", log.parts(data=SHOWN).file(), claims(domain, data=True), "LNK-11 SAY-1",
             "The bytes are not claimed, or looked for where they are not.",
             f"{order} flags-swapped bytes-not-claimed")
        take(f"{name}-public-key", log.parts().file(), claims(domain, authority=True), "LNK-1 SAY-1",
             "That the key is the one asked for is not claimed.", "authority-not-claimed", KEY)
        take(f"{name}-state", log.held().file(), claims(domain, entry=E_HELD, verdict="internal"),
             "LNK-7 LNK-8 LNK-10",
             "A proof under StateRoot is looked for under PublicRoot.",
             "state-root-ignored blind-after-entry" + (" open-has-no-blind" if domain.is_open else ""))
        take(f"{name}-state-bytes-key", log.held(data=HELD).file(),
             claims(domain, entry=E_HELD, verdict="internal", data=True, authority=True),
             "FILE-5 FILE-7 FILE-8 LNK-1 LNK-8 LNK-11 LNK-12 SAY-1",
             "The two flags are taken for one.",
             "state-root-ignored bytes-not-claimed authority-not-claimed flags-exclusive", KEY)
    take("other-authority", Log(THEIRS).parts().file(), claims(THEIRS, authority=True), "LNK-1 LNK-3",
         "One key is built in.", "authority-not-claimed", OTHER_KEY)
    take("other-authority-without-key", Log(THEIRS).parts().file(), claims(THEIRS), "LNK-1 LNK-3 SAY-1",
         "Without a key an authority is claimed.", "authority-always-claimed")
    for entry, data, slug, why, kills in (
        (E_TAGGED, b"tagged", "type-tag", "The type tag is left out of the reference.", "type-tag-left-out"),
        (E_EMPTY, b"", "empty-artifact", "Bytes that are none are not there.", "no-bytes-is-no-claim"),
        (E_ORIGIN, b"from elsewhere", "origin", "An entry with an origin is refused.", "origin-refused"),
    ):
        take(slug, L.parts(entry, data).file(), claims(entry=entry, data=True), "LNK-8 LNK-11", why, kills)
    take("blake3", L.parts(E_BLAKE3, b"other hash").file(), claims(entry=E_BLAKE3, data=True), "LNK-11",
         "The digest is always SHA-256.", "digest-always-sha256", flags=["Blake3"])
    take("blake3-without-bytes", L.parts(E_BLAKE3).file(), claims(entry=E_BLAKE3), "LNK-8 LNK-11",
         "A reference with an optional function is refused without need.", "blake3-refused")
    take("empty-artifact-without-bytes", L.parts(E_EMPTY).file(), claims(entry=E_EMPTY), "LNK-11 SAY-1",
         "An artifact of no bytes is always there.", "empty-always-claimed")
    one = Log(public=(E_SHOWN,), state=(E_SHOWN,), size=2, anchor=2, position=1)
    take("smallest", one.parts().file(), claims(position=1, anchor=2, size=2), "FILE-2 LNK-4 LNK-6 LNK-8 LNK-9",
         "A trie of one entry, or the first position, is refused.", "position-one-refused depth-0-is-absent")
    take("one-held", Log(CLOSED, public=(), state=(E_HELD,)).held().file(),
         claims(CLOSED, entry=E_HELD, verdict="internal"), "LNK-8 LNK-9", "An empty PublicRoot is refused.",
         "public-root-zero-refused state-root-ignored depth-0-is-absent")
    long_name = Domain(True, name=b"a" * 64)
    take("longest-name", Log(long_name).parts().file(), claims(long_name), "LNK-2",
         "The manifest has a fixed length.", "genesis-fixed-length")
    for size, at in ((5, 5), (6, 5), (8, 5), (9, 9), (255, 5), (256, 256), (257, 257), (257, 5)):
        log = Log(size=size, anchor=at)
        is_short = len(path_of(log.leaves, at - 1)) < (size - 1).bit_length()
        kills = "path-of-full-tree" if is_short else "previous-after-anchor"
        take(f"anchor-{at}-of-{size}", log.parts().file(), claims(anchor=at, size=size), "LNK-5 LNK-6",
             "The path has another number of hashes.", f"{kills}{' anchor-below-size' if at == size else ''}")
    for size, at, position in ((2**32, 2**32, 2**32 - 1), (2**32 + 1, 2**32, 3),
                               (2**53 + 1, 2**53 + 1, 2**53),
                               (LAST, 5, 3), (LAST, LAST, LAST - 1), (LAST, 2**63, 2**63 - 1)):
        kills = "sizes-u32"
        if at > 2**53 and at != 2**63:
            kills += " sizes-float"
        if at >= 2**63:
            kills += " positions-signed"
        take(f"anchor-{at}-of-{size}", large(size, at, position).file(),
             claims(position=position, anchor=at, size=size), "LNK-4 LNK-5 LNK-6",
             "A logseq is a floating-point or a signed number.", kills)
    wide = [shown(f"one of many {i}".encode()) for i in range(64)]
    take("many-keys", Log(public=wide, state=wide).parts(wide[17], b"one of many 17").file(),
         claims(entry=wide[17], data=True), "LNK-8 LNK-11", "Siblings are taken in the other order.",
         "siblings-reversed")
    long = bytes(range(256)) * 4
    e_long = shown(long)
    take("bytes-1024", Log(public=(e_long, E_OTHER)).parts(e_long, long).file(),
         claims(entry=e_long, data=True),
         "LNK-11", "The length of the artifact has one byte.", "length-u8")
    inner = L.parts(data=SHOWN).file()
    e_inner = shown(inner)
    take("proof-of-a-proof", Log(public=(e_inner, E_OTHER)).parts(e_inner, inner).file(),
         claims(entry=e_inner, data=True), "FILE-3 LNK-11", "The magic is looked for in the file.",
         "magic-searched-from-end")
    return g


# What a file may not be


def form() -> Group:
    g = group("check-form", "check")
    parts, held = L.parts(data=SHOWN), C.held(data=HELD)
    whole = parts.file()

    def refuse(slug: str, file: bytes, code: str, clauses: str, why: str, kills: str,
               key: Optional[bytes] = None, flags: Sequence[str] = ()) -> None:
        both = [*flags, *(TWO_FAULTS if slug.startswith("order-") else ())]
        g.reject(slug, given(file, key), code, clauses=clauses, why=why, kills=kills, flags=both)

    at = parts.offsets()
    names = list(at)
    for name, following in zip(names, names[1:]):
        if name in ("blind", "entry", "bytes"):
            continue
        for cut in sorted({at[name], at[name] + 1, at[following] - 1}):
            refuse(f"truncated-at-{cut}", whole[:cut], "PROOF.TRUNCATED", "FILE-2",
                   f"A file that ends in `{name.replace('-', '_')}` is taken, or its end is a crash.",
                   "truncated-accepted")
    for i in range(1, len(parts.path)):
        refuse(f"truncated-at-{at['path'] + 32 * i}", whole[: at["path"] + 32 * i], "PROOF.TRUNCATED",
               "FILE-2",
               "The path has as many hashes as there are.", "truncated-accepted")
    blind_at = held.offsets()
    for cut in (blind_at["blind"], blind_at["blind"] + 1, blind_at["blind"] + 31):
        refuse(f"truncated-blind-at-{cut}", held.file()[:cut], "PROOF.TRUNCATED", "FILE-2",
               "A file that ends in `blind` is taken.", "truncated-accepted")
    # The proof of an entry has the codes of its own document.
    inside = len(parts.entry) - 117
    for slug, cut, code, clause in (
        ("end", 0, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"), ("depth", 1, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"),
        ("depth-half", 2, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"),
        ("marks", 3, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"),
        ("siblings", 4, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"),
        ("last-sibling", inside - 1, "ENTRY_PROOF.TRUNCATED", "STX-PRF-1"),
        ("reference", inside, "ENTRY.TRUNCATED", "STX-ENT-3"),
        ("key", inside + 33, "ENTRY.TRUNCATED", "STX-ENT-3"),
        ("present", inside + 34, "ENTRY.TRUNCATED", "STX-ENT-3"),
        ("last-byte", inside + 116, "ENTRY.TRUNCATED", "STX-ENT-3"),
    ):
        file = parts._replace(bytes=None, entry=parts.entry[:cut]).file()
        refuse(f"truncated-entry-{slug}", file, code, f"LNK-8 FILE-8 {clause}",
               "A proof of an entry that ends too soon is taken, or named as a file that does.",
               "entry-truncated-accepted entry-ends-as-file")
    # So have the manifest and the head, which are there whole.
    for slug, cut in (("empty", 0), ("version", 3), ("authority-key", 5), ("recovery-key-hash", 67),
                      ("name-length", 68), ("name", 72), ("openness", 73), ("nonce", 74)):
        forged = under_genesis(parts.genesis[:cut])
        refuse(f"genesis-ends-in-{slug}", forged.file(), "DOM.TRUNCATED", "FILE-7 LNK-2 DOM-MAN-2",
               "A manifest that ends too soon is named as a file that does.",
               "embedded-ends-as-file genesis-only-hashed")
    for slug, cut in (("origin", 20), ("text", len(L.text()) - 1), ("line", len(parts.head) - 20)):
        refuse(f"head-ends-in-{slug}", parts._replace(head=parts.head[:cut]).file(), "HEAD.NOTE",
               "FILE-7 LNK-3 HEAD-NOTE-3", "A head that ends too soon is named as a file that does.",
               "embedded-ends-as-file head-note-unchecked")
    bare = L.parts()
    refuse("trailing", bare.file() + b"\0", "PROOF.TRAILING", "FILE-2", "What follows the entry is ignored.",
           "trailing-ignored")
    refuse("trailing-bytes-of-the-artifact", bare.file() + SHOWN, "PROOF.TRAILING", "FILE-2",
           "The bytes are taken without the flag.", "trailing-ignored bytes-without-flag")
    refuse("trailing-state", C.held().file() + b"\0", "PROOF.TRAILING", "FILE-2",
           "What follows the entry is ignored.", "trailing-ignored")
    refuse("trailing-twice", bare.file() * 2, "PROOF.TRAILING", "FILE-2",
           "A second proof may follow.", "trailing-ignored")
    refuse("trailing-empty-artifact", L.parts(E_EMPTY).file() + b"\0", "PROOF.TRAILING", "FILE-2",
           "What follows the entry is ignored.", "trailing-ignored")
    for slug, magic in (("last", b"ASLPRF02"), ("case", b"aslprf01"), ("segment", b"ASLSEG01"),
                        ("zeros", bytes(8)),
                        ("first", b"BSLPRF01"), ("reversed", b"10FRPLSA")):
        refuse(f"magic-{slug}", parts.file(magic=magic), "PROOF.MAGIC", "FILE-3",
               "The magic is not compared.",
               "magic-unchecked" + (" magic-first-bytes" if slug == "last" else ""))
    refuse("magic-shifted", b"\0" + whole, "PROOF.MAGIC", "FILE-3", "The magic is looked for in the file.",
           "magic-unchecked magic-searched")
    refuse("order-magic-before-version", parts.file(magic=b"ASLPRF02", version=2), "PROOF.MAGIC",
           "FILE-3 FILE-4",
           "The version is checked first.", "magic-unchecked version-before-magic")
    for version in (0, 2, 256, 2**24, 2**32 - 1, 0x01000001):
        refuse(f"version-{version}", parts.file(version=version), "PROOF.VERSION", "FILE-4",
               "The version is not compared, or read as another number.", "version-unchecked"
               + (" version-u8" if version == 0x01000001 else "")
               + (" integers-big-endian" if version == 2**24 else ""))
    refuse("order-version-before-flags", parts.file(version=2, flags=4), "PROOF.VERSION", "FILE-4 FILE-5",
           "The flags are checked first.", "version-unchecked flags-before-version")
    for flags in (4, 5, 7, 8, 0x100, 0x101, 2**24, 2**31, 2**32 - 1):
        refuse(f"flags-{flags}", parts.file(flags=flags), "PROOF.FLAGS", "FILE-5",
               "A flag that is not known is ignored.",
               "flags-unchecked" + (" flags-u8" if flags & 0xFF < 4 else ""))
    for slug, lengths, why in (
        ("genesis-limit-and-one", {"genesis_length": 2**16 + 1}, "The limit is one higher."),
        ("genesis-length-greatest", {"genesis_length": 2**32 - 1}, "Room is taken for any length."),
        ("genesis-length-2-31", {"genesis_length": 2**31}, "The length is a signed number."),
        ("head-limit-and-one", {"head_length": 2**16 + 1}, "The limit is one higher."),
        ("head-length-greatest", {"head_length": 2**32 - 1}, "Room is taken for any length."),
        ("head-length-2-31", {"head_length": 2**31}, "The length is a signed number."),
    ):
        refuse(slug, parts.file(**lengths), "PROOF.LIMIT", "FILE-6", why,
               f"{slug.split('-')[0]}-limit-missing" + (" limit-inclusive" if slug.endswith("one") else ""))
    refuse("genesis-at-limit", parts.file(genesis_length=2**16), "PROOF.TRUNCATED", "FILE-2 FILE-6",
           "The limit is one lower.", "limit-exclusive")
    refuse("head-at-limit", parts.file(head_length=2**16), "PROOF.TRUNCATED", "FILE-2 FILE-6",
           "The limit is one lower.", "limit-exclusive")
    short = at["genesis"] + 4
    refuse("order-limit-before-truncated", parts.file(genesis_length=2**16 + 1)[:short], "PROOF.LIMIT",
           "FILE-6 FILE-2", "That the bytes are there is checked first.",
           "limit-after-bytes genesis-limit-missing")
    refuse("genesis-empty", parts._replace(genesis=b"").file(), "DOM.TRUNCATED", "LNK-2 DOM-MAN-2",
           "A domain without a manifest is taken.", "genesis-only-hashed")
    refuse("head-empty", parts._replace(head=b"").file(), "HEAD.NOTE", "LNK-3 HEAD-NOTE-3",
           "A proof without a head is taken.", "head-optional")
    refuse("genesis-length-less", parts.file(genesis_length=len(parts.genesis) - 1), "PROOF.LIMIT",
           "FILE-1 FILE-6",
           "The length is not looked at.", "head-limit-missing", flags=["Unsealed"])
    refuse("order-flags-before-limit", parts.file(flags=4, genesis_length=2**16 + 1), "PROOF.FLAGS",
           "FILE-5 FILE-6 LNK-12", "Lengths are looked at first.", "flags-unchecked")
    refuse("order-head-limit-before-truncated", parts.file(head_length=2**16 + 1)[: at["head"] + 4],
           "PROOF.LIMIT", "FILE-6 FILE-2 LNK-12", "That the bytes are there is checked first.",
           "limit-after-bytes head-limit-missing")
    # All of the file is read up to the anchor before the manifest is looked at.
    faulty = parts._replace(genesis=b"\x02" + parts.genesis[1:])
    for slug, file, key in (
        ("previous-truncated-before-genesis", faulty.file()[: at["anchor"] - 1], None),
        ("anchor-missing-before-genesis", faulty.file()[: at["anchor"]], None),
        ("anchor-truncated-before-genesis", faulty.file()[: at["path"] - 1], None),
        ("anchor-truncated-before-key", whole[: at["path"] - 1], OTHER_KEY),
        ("anchor-truncated-before-head", parts._replace(
            head=Log(OTHER_OPEN).note()).file()[: at["path"] - 1], None),
    ):
        refuse(f"order-{slug}", file, "PROOF.TRUNCATED", "FILE-2 FILE-7 LNK-12",
               "What stands in a field is looked at before the file was read up to the anchor.",
               "anchor-read-late", key)
    refuse("order-head-truncated-before-genesis",
           parts._replace(genesis=b"\x02" + parts.genesis[1:]).file()[: at["head"] + 9],
           "PROOF.TRUNCATED", "FILE-2 LNK-2", "The manifest is looked at before the head is there.",
           "links-before-form")
    return g


# Forgeries


def links() -> Group:
    g = group("check-links", "check")

    def refuse(slug: str, file: bytes, code: str, clauses: str, why: str, kills: str,
               key: Optional[bytes] = None, flags: Sequence[str] = ()) -> None:
        both = [*flags, *(TWO_FAULTS if slug.startswith("order-") else ())]
        g.reject(slug, given(file, key), code, clauses=clauses, why=why, kills=kills, flags=both)

    p, h = L.parts(), C.held()

    # domain
    refuse("key-of-another", p.file(), "PROOF.KEY", "LNK-1", "The key that is asked for is not compared.",
           "key-unchecked", OTHER_KEY)
    refuse("key-of-another-authority", Log(THEIRS).parts().file(), "PROOF.KEY", "LNK-1",
           "Whoever made the domain is its authority.", "key-unchecked", KEY)
    refuse("key-one-bit", p.file(), "PROOF.KEY", "LNK-1", "Only the beginning of the key is compared.",
           "key-unchecked key-first-bytes", KEY[:31] + bytes([KEY[31] ^ 0x80]))
    refuse("key-zero", p.file(), "PROOF.KEY", "LNK-1", "A key of zeros asks for none.",
           "key-unchecked key-zero-is-none", ZERO)
    refuse("key-is-recovery", p.file(), "PROOF.KEY", "LNK-1",
           "Any key of the manifest is taken.", "key-unchecked", sha256(b"ASL/RECOVERY/1", KEY))
    for slug, genesis, code, clause in (
        ("version", le(2, 4) + p.genesis[4:], "DOM.VERSION", "DOM-MAN-3"),
        ("name", p.genesis[:69] + b"DEMO" + p.genesis[73:], "DOM.NAME", "DOM-MAN-4"),
        ("openness", p.genesis[:73] + b"\x02" + p.genesis[74:], "DOM.OPENNESS", "DOM-MAN-5"),
        ("trailing", p.genesis + b"\0", "DOM.TRAILING", "DOM-MAN-6"),
        ("truncated", p.genesis[:-1], "DOM.TRUNCATED", "DOM-MAN-2"),
    ):
        # A log under the hash of these bytes, so that only the manifest is at fault.
        forged = under_genesis(genesis)
        refuse(f"genesis-{slug}", forged.file(), code, f"LNK-2 {clause}", "The manifest is only hashed.",
               "genesis-only-hashed")

    # head
    def with_head(slug: str, head: bytes, code: str, clauses: str, why: str, kills: str,
                  parts: Parts = p) -> None:
        refuse(slug, parts._replace(head=head).file(), code, clauses, why, kills)

    text = L.text()
    with_head("head-of-another-domain", Log(OTHER_OPEN).note(), "HEAD.ORIGIN", "LNK-3 HEAD-NOTE-4",
              "The head of any domain of the authority is taken.", "head-origin-unchecked head-unchecked")
    refuse("proof-of-another-domain", Log(OTHER_OPEN).parts()._replace(genesis=p.genesis).file(),
           "HEAD.ORIGIN",
           "LNK-2 LNK-3 HEAD-NOTE-4", "The manifest and the head are not held together.",
           "head-origin-unchecked head-unchecked")
    refuse("manifest-of-closed-sibling", p._replace(genesis=CLOSED.genesis()).file(), "HEAD.ORIGIN",
           "LNK-2 LNK-3 HEAD-NOTE-4", "The DomainID is not computed from the manifest.",
           "head-origin-unchecked head-unchecked")
    with_head("signed-by-another", note_of(text, signed(text, OTHER_SEED, OTHER_KEY)), "HEAD.SIGNER",
              "LNK-3 HEAD-NOTE-5", "Whoever signed is taken.", "head-unchecked head-signer-unchecked")
    refuse("signed-by-another-key-asked-for",
           p._replace(head=note_of(text, signed(text, OTHER_SEED, OTHER_KEY))).file(),
           "PROOF.KEY", "LNK-1 LNK-3",
           "The head is held against the key that is asked for, not the manifest.",
           "key-unchecked head-key-is-asked-for", OTHER_KEY)
    with_head("key-id-of-authority-by-another",
              note_of(text,
                      line(text.split("\n")[0], id_of(text.split("\n")[0]),
                           ed25519.sign(OTHER_SEED, text.encode()))),
              "HEAD.SIGNATURE", "LNK-3 HEAD-NOTE-6", "The signature is not checked.",
              "head-unchecked head-signature-unchecked")
    other_text = L.text(6)
    with_head("signature-of-another-head",
              note_of(text,
                      line(text.split("\n")[0], id_of(text.split("\n")[0]),
                           ed25519.sign(SEED, other_text.encode()))),
              "HEAD.SIGNATURE", "LNK-3 HEAD-NOTE-6", "The signature is not held against this text.",
              "head-unchecked head-signature-unchecked")
    good = ed25519.sign(SEED, text.encode())
    s = int.from_bytes(good[32:], "little")
    with_head("s-above-order", note_of(text, line(text.split("\n")[0], id_of(text.split("\n")[0]),
                                                  good[:32] + (s + ORDER).to_bytes(32, "little"))),
              "HEAD.SIGNATURE", "LNK-3 HEAD-NOTE-6", "A second encoding of one signature is taken.",
              "head-unchecked head-signature-unchecked signature-malleable")
    for slug, extra in (
        ("cosigner", signed(text, OTHER_SEED, OTHER_KEY, "witness.example/w1")),
        ("other-key-of-origin", signed(text, OTHER_SEED, OTHER_KEY)),
        ("same-line-twice", signed(text)),
        ("second-signature", line(text.split("\n")[0], id_of(text.split("\n")[0]), bytes(64))),
        ("short", line("w", b"\x01\x02\x03\x04", b"\x00")),
    ):
        with_head(f"second-line-{slug}", note_of(text, signed(text), extra), "PROOF.HEAD", "LNK-3",
                  "There is more than one encoding of a proof.", "second-line-ignored")
        if slug == "cosigner":
            with_head("line-before", note_of(text, extra, signed(text)), "PROOF.HEAD", "LNK-3",
                      "Lines before that of the authority are ignored.",
                      "second-line-ignored second-line-after-only")
    for slug, forged, code, clauses in (
        ("extension", f"{text}more\n", "HEAD.TEXT", "LNK-3 HEAD-TXT-2"),
        ("leading-zero", text.replace("\n7\n", "\n07\n"), "HEAD.TEXT", "LNK-3 HEAD-TXT-2"),
        ("size-2-64", text.replace("\n7\n", f"\n{2**64}\n"), "HEAD.TEXT", "LNK-3 HEAD-TXT-2"),
    ):
        with_head(f"text-{slug}", note_of(forged, signed(forged)), code, clauses,
                  "What the authority signed is taken as it is.", "head-text-unchecked")
    with_head("note-last-lf-missing", L.note()[:-1], "HEAD.NOTE", "LNK-3 HEAD-NOTE-3",
              "A note of another form is taken.", "head-note-unchecked")
    with_head("note-empty-line-more", L.note() + b"\n", "HEAD.NOTE", "LNK-3 HEAD-NOTE-3",
              "A note of another form is taken.", "head-note-unchecked")

    # anchor
    for slug, code, clauses, why, kills, log in (
        ("public-0", "LOG.PUBLIC", "LNK-4", "A record that is not shown is taken.", "anchor-public-unchecked",
         Log(first_byte=0)),
        ("public-2", "LOG.PUBLIC", "LNK-4", "Every `public` but 0 is taken.",
         "anchor-public-unchecked anchor-public-truthy", Log(first_byte=2)),
        ("public-255", "LOG.PUBLIC", "LNK-4", "Every `public` but 0 is taken.",
         "anchor-public-unchecked anchor-public-truthy", Log(first_byte=255)),
        ("public-0-closed", "LOG.PUBLIC", "LNK-4", "In a closed domain any record is taken.",
         "anchor-public-unchecked anchor-public-of-open-only", Log(CLOSED, first_byte=0)),
        ("position-0", "LOG.ANCHOR.POSITION", "LNK-4", "The state before the first record is taken.",
         "anchor-position-unchecked anchor-position-zero", Log(position=0)),
        ("position-of-anchor", "LOG.ANCHOR.POSITION", "LNK-4", "S may be equal to A.",
         "anchor-position-unchecked anchor-position-inclusive", Log(position=5)),
        ("position-above-anchor", "LOG.ANCHOR.POSITION", "LNK-4", "S may stand above A.",
         "anchor-position-unchecked", Log(position=6)),
        ("position-above-head", "LOG.ANCHOR.POSITION", "LNK-4", "S may stand above n.",
         "anchor-position-unchecked", Log(position=LAST)),
        ("own-0", "LOG.ANCHOR.POSITION", "LNK-4", "An A of 0 is a crash.", "anchor-position-unchecked",
         Log(own=0)),
        ("own-is-position", "LOG.ANCHOR.POSITION", "LNK-4", "S may be equal to A.",
         "anchor-position-unchecked anchor-position-inclusive", Log(own=3)),
        ("salt-open", "LOG.SALT", "LNK-4", "A salt in an open domain is taken.", "anchor-salt-unchecked",
         Log(salt=same(0x5A))),
        ("salt-open-last-bit", "LOG.SALT", "LNK-4", "Only the beginning of the salt is looked at.",
         "anchor-salt-unchecked anchor-salt-first-byte", Log(salt=bytes(31) + b"\x01")),
    ):
        leaf_path = log.parts()
        if slug.startswith("own-"):
            # The record is the fifth, whatever it says.
            leaf_path = leaf_path._replace(path=path_of(log.leaves, 4))
        refuse(f"anchor-{slug}", leaf_path.file(), code, clauses, why, kills)
    refuse("order-public-before-position", Log(first_byte=0, position=5).parts().file(), "LOG.PUBLIC",
           "LNK-4",
           "Positions are checked first.", "anchor-public-unchecked anchor-position-first")
    refuse("order-position-before-salt", Log(position=5, salt=same(0x5A)).parts().file(),
           "LOG.ANCHOR.POSITION", "LNK-4",
           "The salt is checked first.", "anchor-position-unchecked anchor-salt-first")
    refuse("order-public-before-salt", Log(first_byte=0, salt=same(0x5A)).parts().file(), "LOG.PUBLIC",
           "LNK-4",
           "The salt is checked first.", "anchor-public-unchecked anchor-salt-first")

    # inclusion
    def shorter(size: int) -> Parts:
        """The head of the first records of the log."""
        text = L.text(size)
        return p._replace(head=note_of(text, signed(text)))

    for size in (0, 1, 3, 4):
        refuse(f"head-of-{size}", shorter(size).file(), "PROOF.ANCHOR", "LNK-5",
               "A head that does not reach the anchor is taken, or is a crash.", "anchor-above-head")
    refuse("own-above-head", Log(own=8).parts().file(), "PROOF.ANCHOR", "LNK-5",
           "What the anchor says of its place is not held against the head.", "anchor-above-head")
    refuse("own-greatest", Log(own=LAST).parts().file(), "PROOF.ANCHOR", "LNK-5",
           "What the anchor says of its place is not held against the head.", "anchor-above-head")

    def included(slug: str, parts: Parts, why: str, kills: str = "inclusion-unchecked",
                 code: str = "HEAD.INCLUSION",
                 clauses: str = "LNK-6 HEAD-INC-2") -> None:
        refuse(slug, parts.file(), code, clauses, why, kills)

    included("path-of-another-record", p._replace(path=path_of(L.leaves, 5)),
             "Any path of the tree is taken.")
    included("path-of-the-first-record", p._replace(path=path_of(L.leaves, 0)),
             "Any path of the tree is taken.")
    included("path-reversed", p._replace(path=p.path[::-1]), "The path is read from the root down.",
             "inclusion-unchecked path-read-from-root")
    included("path-first-changed", p._replace(path=[ZERO, *p.path[1:]]), "The path is not read whole.")
    included("path-last-changed", p._replace(path=[*p.path[:-1], ZERO]), "The path is not read whole.")
    included("path-shorter", p._replace(path=p.path[:-1], entry=same(0) + p.entry),
             "A path that ends too soon is taken.")
    included("path-from-above", p._replace(path=p.path[1:], entry=same(0) + p.entry),
             "The leaf is taken for a node above it.")
    included("root-of-another-size", rooted(L, 7, 6), "The root is not held against the path.")
    included("root-of-another-log", p._replace(head=Log(state=PUBLIC).note()),
             "The root is not held against the path.")
    included("root-of-zeros", rooted_as(L, ZERO), "A root of zeros is none.", "inclusion-unchecked")
    included("root-is-leaf", rooted_as(L, L.leaves[4]), "The leaf is taken for the root.")
    included("previous-of-another", p._replace(previous=L.hashes[3]),
             "What stands before the anchor is not in the leaf.",
             "inclusion-unchecked")
    included("previous-zero", p._replace(previous=ZERO), "What stands before the anchor is not in the leaf.",
             "inclusion-unchecked")
    included("previous-is-record", p._replace(previous=L.hashes[5]),
             "The record's own hash stands in the place of the one before.",
             "inclusion-unchecked previous-is-own")
    included("anchor-of-another-domain", p._replace(anchor=Log(OTHER_OPEN).anchor),
             "The anchor is not held against the log.")
    included("anchor-of-another-state", p._replace(anchor=Log(public=(E_SHOWN, E_HELD)).anchor),
             "The anchor is not held against the log.")
    included("anchor-root-swapped-in",
             p._replace(anchor=p.anchor[:105] + subtree((E_SHOWN,), 0) + p.anchor[137:],
                                                  entry=entry_proof((E_SHOWN,), E_SHOWN)),
             "The roots of the anchor are not in the leaf.", "inclusion-unchecked")
    included("anchor-position-changed", p._replace(anchor=p.anchor[:65] + le(2, 8) + p.anchor[73:]),
             "The position is not in the leaf.")
    included("anchor-manifest-hash-changed", p._replace(anchor=p.anchor[:137] + ZERO + p.anchor[169:]),
             "A hash that no other link needs is not in the leaf.")
    included("own-of-another-record", Log(own=6).parts()._replace(path=path_of(Log(own=6).leaves, 4)),
             "The place is taken from the path.")
    included("record-of-another-type", Log(record_type=6).parts(),
             "The type of the record is not in the leaf.",
             "inclusion-unchecked")
    included("record-of-type-0x0400", Log(record_type=0x04000000).parts(),
             "The type of the record is big-endian.",
             "inclusion-unchecked leaf-type-big-endian")
    included("leaf-not-public", Log(leaf_byte=0).parts(), "The leaf does not say that the record is shown.",
             "inclusion-unchecked leaf-public-0")
    included("closed-leaf-not-public", Log(CLOSED, leaf_byte=0).parts(),
             "The leaf does not say that the record is shown.",
             "inclusion-unchecked leaf-public-0")

    # entry
    def blinded(slug: str, parts: Parts, why: str, kills: str = "blind-in-open") -> None:
        refuse(f"blind-{slug}", parts.file(), "PROOF.BLIND", "LNK-7", why, kills)

    odd = Log(blind=same(0xB1))
    blinded("open", odd.held(), "A blind that leads to the root is taken in an open domain.")
    blinded("open-last-bit", Log(blind=bytes(31) + b"\x01").held(),
            "Only the beginning of the blind is looked at.",
            "blind-in-open blind-first-byte")
    refuse("blind-open-other-than-root", L.held()._replace(blind=same(0xB1)).file(), "PROOF.BLIND", "LNK-7",
           "The blind is left to the root.", "blind-in-open blind-after-root", flags=["TwoFaults"])

    def rooted_wrong(slug: str, parts: Parts, why: str, kills: str = "entry-root-unchecked") -> None:
        refuse(slug, parts.file(), "ENTRY_PROOF.ROOT", "LNK-8 STX-PRF-5", why, kills)

    public_entry, state_entry = entry_proof(PUBLIC, E_SHOWN), entry_proof(STATE, E_HELD)
    rooted_wrong("state-proof-as-public", p._replace(entry=entry_proof(STATE, E_SHOWN)),
                 "The proof of a shown entry under the other root is taken.",
                 "entry-root-unchecked either-root")
    rooted_wrong("public-proof-as-state", C.held()._replace(entry=public_entry),
                 "The proof under the other root is taken.",
                 "entry-root-unchecked either-root")
    rooted_wrong("state-proof-as-public-closed", C.parts()._replace(entry=state_entry),
                 "The proof under the other root is taken.", "entry-root-unchecked")
    rooted_wrong("held-as-public", p._replace(entry=state_entry), "What is held is taken for shown.",
                 "entry-root-unchecked either-root")
    # An anchor whose StateRoot is the root of the trie as it is.
    bare = Log(CLOSED)
    rooted_wrong("state-root-without-blind", refit(bare, state_root=subtree(STATE, 0)).held(),
                 "StateRoot is the root of the trie.", "state-root-is-trie-root entry-root-unchecked")
    rooted_wrong("state-root-without-mark",
                 refit(bare, state_root=sha256(bare.blind, subtree(STATE, 0))).held(),
                 "StateRoot has no mark of its own.", "state-root-without-mark entry-root-unchecked")
    rooted_wrong("state-root-blind-last",
                 refit(bare, state_root=sha256(b"\x02", subtree(STATE, 0), bare.blind)).held(),
                 "The blind stands after the root.", "state-root-blind-last entry-root-unchecked")
    rooted_wrong("public-root-blinded",
                 refit(bare, public_root=sha256(b"\x02", bare.blind, subtree(PUBLIC, 0))).parts(),
                 "PublicRoot is blinded too.", "entry-root-unchecked")
    rooted_wrong("blind-of-another-position", C.held()._replace(blind=CLOSED.blind(4)),
                 "The blind is not looked at.")
    rooted_wrong("blind-zero-in-closed", C.held()._replace(blind=ZERO), "A blind of zeros asks for none.")
    rooted_wrong("blind-one-bit", C.held()._replace(blind=C.blind[:31] + bytes([C.blind[31] ^ 1])),
                 "Not all of the blind is hashed.")
    rooted_wrong("entry-of-another-domain", C.held()._replace(
        blind=Log(OTHER_CLOSED).blind, entry=entry_proof((E_HELD,), E_HELD)),
        "Any trie with the entry is taken.")
    rooted_wrong("entry-of-another-state", p._replace(entry=entry_proof((E_SHOWN, E_HELD), E_SHOWN)),
                 "Any trie with the entry is taken.")
    rooted_wrong("entry-alone", p._replace(entry=entry_proof((E_SHOWN,), E_SHOWN)),
                 "An entry alone is its own proof.")
    siblings, depth, _ = way(PUBLIC, E_SHOWN[:34])
    rooted_wrong("entry-put-in", p._replace(entry=pack_proof(1, depth, siblings, shown(b"not of the state"))),
                 "The entry is not hashed.")
    rooted_wrong("entry-length-changed",
                 p._replace(entry=pack_proof(1, depth, siblings, shown(SHOWN, length=99))),
                 "The entry is not hashed whole.")
    rooted_wrong("entry-published-put-in", p._replace(entry=pack_proof(1, depth, siblings, E_HELD)),
                 "The entry is not hashed.")
    swapped = {i: siblings[j] for i, j in zip(siblings, reversed(list(siblings)))}
    rooted_wrong("siblings-swapped", p._replace(entry=pack_proof(1, depth, swapped, E_SHOWN)),
                 "Siblings stand in any order.", "entry-root-unchecked")
    for slug, entry, code, clauses in (
        ("end-2", pack_proof(2, depth, siblings, E_SHOWN), "ENTRY_PROOF.FORM", "LNK-8 STX-PRF-2"),
        ("depth-273", pack_proof(1, 273, siblings, E_SHOWN), "ENTRY_PROOF.FORM", "LNK-8 STX-PRF-2"),
        ("last-sibling-empty", pack_proof(1, depth + 1, siblings, E_SHOWN), "ENTRY_PROOF.FORM",
         "LNK-8 STX-PRF-3"),
        ("form", pack_proof(1, depth, siblings, E_SHOWN[:34] + b"\x02" + E_SHOWN[35:]), "ENTRY.FORM",
         "LNK-8 STX-ENT-4"),
        ("hash-id", pack_proof(1, depth, siblings, b"\x00\x03" + E_SHOWN[2:]), "CORE.HASH_ID",
         "LNK-8 STX-ENT-5"),
    ):
        # An anchor over what the faulty entry would give is not needed: the form is checked first.
        refuse(f"entry-{slug}", p._replace(entry=entry).file(), code, clauses,
               "The proof of the entry is not checked.",
               "entry-codes-merged", flags=["TwoFaults"])
    bad = E_SHOWN[:34] + b"\x02" + E_SHOWN[35:]
    refuse("entry-form-under-its-root", Log(public=(bad,)).parts(bad).file(), "ENTRY.FORM", "LNK-8 STX-ENT-4",
           "An entry is taken as it is hashed.", "entry-codes-merged")
    short = E_SHOWN[:34] + b"\x01\x00" + le(7, 4) + E_SHOWN[40:]
    refuse("entry-tag-without-mark", Log(public=(short,)).parts(short).file(), "ENTRY.FORM",
           "LNK-8 STX-ENT-4",
           "An entry is taken as it is hashed.", "entry-codes-merged")

    def absent(slug: str, parts: Parts, why: str) -> None:
        refuse(f"absent-{slug}", parts.file(), "PROOF.ABSENT", "LNK-9", why,
               "absence-accepted absence-is-root")

    for log, parts, name in ((Log(public=()), p, "public"), (Log(CLOSED, state=()), h, "state")):
        empty = log.parts(E_SHOWN)
        empty = empty._replace(entry=pack_proof(0, 0, {}), blind=log.blind if name == "state" else None)
        absent(f"{name}-empty-trie", empty, "A proof that a key has no entry is taken for one that it has.")
        absent(f"{name}-empty-trie-with-bytes", empty._replace(bytes=SHOWN),
               "A proof that a key has no entry is taken for one that it has.")
    # A key whose way ends where nothing stands.
    apart = [key for key in (reference_of(bytes([n])) for n in range(256)) if not way(PUBLIC, key)[2]]
    siblings_, depth_, _ = way(PUBLIC, apart[0])
    absent("beside-others", p._replace(entry=pack_proof(0, depth_, siblings_)),
           "A proof that a key has no entry is taken for one that it has.")

    def verdict(slug: str, parts: Parts, why: str, kills: str) -> None:
        refuse(f"verdict-{slug}", parts.file(), "PROOF.VERDICT", "LNK-10", why,
               f"verdict-unchecked {kills}".strip())

    for slug, entry, why, kills in (
        ("held", E_HELD, "An entry under PublicRoot is shown.", "verdict-publication-unchecked"),
        ("unpublished", E_UNPUBLISHED, "What was shown once is shown.",
         "verdict-publication-unchecked verdict-unpublished-is-published"),
        ("tombstoned", E_TOMBSTONED, "A tombstone is not looked at.", "verdict-tombstones-unchecked"),
        ("absent", E_ABSENT, "An entry without a record is shown.", "verdict-present-unchecked"),
    ):
        forged = Log(public=(*PUBLIC, entry))
        verdict(f"public-{slug}", forged.parts(entry), why, kills)
    for slug, entry, why, kills in (
        ("published", E_SHOWN, "What is shown is held too.",
         "verdict-state-takes-published verdict-publication-unchecked"),
        ("tombstoned", E_TOMBSTONED_HELD, "A tombstone is not looked at.", "verdict-tombstones-unchecked"),
        ("tombstoned-published", E_TOMBSTONED, "A tombstone is not looked at.", ""),
        ("absent", E_ABSENT_HELD, "An entry without a record is held.", "verdict-present-unchecked"),
        ("absent-published", E_ABSENT, "An entry without a record is held.", ""),
    ):
        for name, log in (("open", L), ("closed", C)):
            verdict(f"state-{slug}-{name}", log.held(entry), why, kills)

    # bytes
    def digest(slug: str, data: bytes, why: str, kills: str = "", parts: Parts = p) -> None:
        refuse(f"bytes-{slug}", parts._replace(bytes=data).file(), "CORE.DIGEST", "LNK-11", why,
               f"bytes-unchecked {kills}".strip())

    digest("of-another", OTHER_SHOWN, "Any bytes of the domain are taken.")
    digest("same-length", SHOWN[:-1] + b"?", "Only the length is compared.", "bytes-length-only")
    digest("one-less", SHOWN[:-1], "Bytes that end too soon are taken.")
    digest("one-more", SHOWN + b"\0", "Bytes past the length are ignored.", "bytes-past-length-ignored")
    digest("many-more", SHOWN + SHOWN, "Bytes past the length are ignored.", "bytes-past-length-ignored")
    digest("none", b"", "Bytes that are none are not there.", "bytes-none-is-no-flag")
    digest("for-empty-artifact", b"\0", "An artifact of no bytes has any.", "bytes-past-length-ignored",
           L.parts(E_EMPTY))
    digest("encoded-artifact", canonical(SHOWN, None), "The bytes are those of the encoding.",
           "bytes-are-encoding")
    digest("held-of-another", OTHER_SHOWN, "Any bytes of the domain are taken.", parts=h)
    untagged = shown(b"tagged", reference=reference_of(b"tagged", TAG))
    digest("type-tag-left-out", b"tagged", "The tag is not that of the entry.", "bytes-length-only",
           Log(public=(untagged, E_OTHER)).parts(untagged))
    tag_put_in = shown(b"untagged", TAG, reference=reference_of(b"untagged"))
    digest("type-tag-put-in", b"untagged", "The tag is left out of the reference.", "type-tag-left-out",
           Log(public=(tag_put_in, E_OTHER)).parts(tag_put_in))
    other_tag = shown(b"tagged", TAG + 1, reference=reference_of(b"tagged", TAG))
    digest("type-tag-other", b"tagged", "The tag is not that of the entry.", "bytes-length-only",
           Log(public=(other_tag, E_OTHER)).parts(other_tag))
    zero_tag = shown(b"untagged", 0, reference=reference_of(b"untagged"))
    digest("type-tag-zero", b"untagged", "The tag zero is no tag.", "type-tag-zero-is-none type-tag-left-out",
           Log(public=(zero_tag, E_OTHER)).parts(zero_tag))
    plain = b"\x00\x01" + sha256(SHOWN)
    e_plain = shown(SHOWN, reference=plain)
    digest("hash-of-bytes-alone", SHOWN, "The digest is that of the bytes alone.", "digest-of-bytes-alone",
           Log(public=(e_plain, E_OTHER)).parts(e_plain))
    wrong_length = shown(SHOWN, length=len(SHOWN) + 1)
    digest("length-of-entry-more", SHOWN, "The length of the entry is not compared.", "bytes-digest-only",
           Log(public=(wrong_length, E_OTHER)).parts(wrong_length))
    less = shown(SHOWN, length=len(SHOWN) - 1)
    digest("length-of-entry-less", SHOWN, "The length of the entry is not compared.", "bytes-digest-only",
           Log(public=(less, E_OTHER)).parts(less))
    return g


def under_genesis(genesis: bytes) -> Parts:
    """A genuine proof in a log whose DomainID is the hash of these bytes."""
    odd = Odd(genesis)
    return Log(odd).parts()


class Odd(Domain):
    """A domain with the given bytes for a manifest."""

    def __new__(cls, manifest: bytes) -> "Odd":
        made = super().__new__(cls, True)
        made.manifest = manifest
        return made

    def genesis(self) -> bytes:
        return self.manifest


def rooted_as(log: Log, root: bytes, size: Optional[int] = None) -> Parts:
    """The proof with a head of another root."""
    text = text_of(log.size if size is None else size, root, log.domain_id)
    return log.parts()._replace(head=note_of(text, signed(text, log.domain.seed, log.domain.key)))


def rooted(log: Log, size: int, of: int) -> Parts:
    return rooted_as(log, root_of(log.leaves[:of]), size)


class Refitted(Log):
    """A log whose anchor has other roots than those of its state; what follows is right again."""

    def __init__(self, log: Log, state_root: bytes, public_root: bytes) -> None:
        self.__dict__.update(log.__dict__)
        anchor = log.anchor
        self.anchor = anchor[:73] + state_root + public_root + anchor[137:]
        self.hashes, self.leaves = list(log.hashes), list(log.leaves)
        kinds = {log.at: (4, self.anchor)}
        for logseq in range(log.at, log.size + 1):
            salt = anchor[1:33]
            seal = 1, bytes([log.domain.is_open]) + salt + le(1, 4) + same(logseq % 256)
            kind, payload = kinds.get(logseq, seal)
            self.hashes[logseq] = sha256(self.hashes[logseq - 1], le(kind, 4), payload)
            self.leaves[logseq - 1] = leaf(payload[:1] + self.hashes[logseq])
        self.root = root_of(self.leaves)


def refit(log: Log, state_root: Optional[bytes] = None, public_root: Optional[bytes] = None) -> Log:
    return Refitted(log, state_root or log.state_root, public_root or log.public_root)


# Which of two faults is named: the links in their order.


def order() -> Group:
    g = group("check-order", "check")

    def first(slug: str, file: bytes, code: str, clauses: str, kills: str,
              key: Optional[bytes] = None) -> None:
        earlier, later = slug.split("-before-")
        g.reject(f"order-{slug}", given(file, key), code, clauses=clauses,
                 why=f"The check of {later.replace('-', ' ')} is made before {earlier.replace('-', ' ')}.",
                 kills=kills, flags=TWO_FAULTS)

    p, h = L.parts(data=SHOWN), C.held(data=HELD)
    other_note = Log(OTHER_OPEN).note()
    wrong_public = Log(first_byte=0)
    first("key-before-head", p._replace(head=other_note).file(), "PROOF.KEY", "LNK-1 LNK-3",
          "key-last key-unchecked", OTHER_KEY)
    first("key-before-bytes", p._replace(bytes=OTHER_SHOWN).file(), "PROOF.KEY", "LNK-1 LNK-11",
          "key-last key-unchecked", OTHER_KEY)
    for slug, genesis, code in (
        ("version", le(2, 4) + p.genesis[4:], "DOM.VERSION"),
        ("name", p.genesis[:69] + b"DEMO" + p.genesis[73:], "DOM.NAME"),
        ("openness", p.genesis[:73] + b"\x02" + p.genesis[74:], "DOM.OPENNESS"),
        ("trailing", p.genesis + b"\0", "DOM.TRAILING"),
        ("truncated", p.genesis[:-1], "DOM.TRUNCATED"),
    ):
        first(f"genesis-{slug}-before-key", under_genesis(genesis).file(), code, "LNK-12 LNK-1 LNK-2",
              "key-before-manifest genesis-only-hashed", OTHER_KEY)
    first("key-before-note", p._replace(head=p.head[:-1]).file(), "PROOF.KEY", "LNK-12 LNK-1 LNK-3",
          "key-last key-unchecked", OTHER_KEY)
    first("genesis-before-head", p._replace(genesis=p.genesis + b"\0").file(), "DOM.TRAILING", "LNK-2 LNK-3",
          "head-before-genesis-link genesis-only-hashed")
    first("head-before-anchor", wrong_public.parts()._replace(head=other_note).file(), "HEAD.ORIGIN",
          "LNK-3 LNK-4", "anchor-before-head head-origin-unchecked head-unchecked")
    text = L.text()
    two = note_of(text, signed(text), signed(text))
    first("second-line-before-anchor", p._replace(head=two, anchor=b"\0" + p.anchor[1:]).file(), "PROOF.HEAD",
          "LNK-3 LNK-4", "second-line-ignored anchor-before-head")
    cosigned = signed(text, OTHER_SEED, OTHER_KEY, "witness.example/w1")
    name = text.split("\n")[0]
    for slug, head, code in (
        ("text", note_of(f"{text}more\n", signed(f"{text}more\n"), cosigned), "HEAD.TEXT"),
        ("origin", Log(OTHER_OPEN).note() + cosigned.encode(), "HEAD.ORIGIN"),
        ("signer", note_of(text, signed(text, OTHER_SEED, OTHER_KEY), cosigned), "HEAD.SIGNER"),
        ("signature", note_of(text, line(name, id_of(name), bytes(64)), cosigned), "HEAD.SIGNATURE"),
    ):
        first(f"{slug}-before-second-line", p._replace(head=head).file(), code, "LNK-12 LNK-3",
              "lines-counted-first head-unchecked")
    first("anchor-before-inclusion", p._replace(anchor=b"\0" + p.anchor[1:]).file(), "LOG.PUBLIC",
          "LNK-4 LNK-6", "inclusion-before-anchor anchor-public-unchecked")
    first("salt-before-reach", Log(salt=same(0x5A), own=8).parts().file(), "LOG.SALT", "LNK-4 LNK-5",
          "inclusion-before-anchor anchor-salt-unchecked")
    first("public-before-reach", Log(first_byte=0, own=8).parts().file(), "LOG.PUBLIC", "LNK-12 LNK-4 LNK-5",
          "inclusion-before-anchor anchor-public-unchecked")
    first("position-before-reach", Log(position=8, own=8).parts().file(), "LOG.ANCHOR.POSITION",
          "LNK-12 LNK-4 LNK-5", "inclusion-before-anchor anchor-position-unchecked")
    first("reach-before-path", Log(own=8).parts()._replace(path=[], entry=b"").file(), "PROOF.ANCHOR",
          "LNK-12 LNK-5 FILE-2", "anchor-above-head")
    broken = p._replace(path=[ZERO, *p.path[1:]])
    first("path-truncated-before-inclusion", broken.file()[: broken.offsets()["blind"] - 1],
          "PROOF.TRUNCATED", "LNK-12 LNK-6 FILE-2", "truncated-accepted")
    broken = L.held()._replace(path=[ZERO, *p.path[1:]])
    first("inclusion-before-blind-truncated", broken.file()[: broken.offsets()["blind"] + 5],
          "HEAD.INCLUSION", "LNK-12 LNK-6 FILE-2", "blind-read-first inclusion-unchecked")
    broken = L.held()._replace(blind=same(1))
    first("blind-truncated-before-blind", broken.file()[: broken.offsets()["blind"] + 9], "PROOF.TRUNCATED",
          "LNK-12 LNK-7 FILE-2", "truncated-accepted")
    first("blind-before-entry-form", broken._replace(entry=pack_proof(2, 0, {})).file(), "PROOF.BLIND",
          "LNK-12 LNK-7 LNK-8", "blind-after-root blind-in-open")
    first("blind-before-entry-truncated", broken._replace(entry=b"").file(), "PROOF.BLIND",
          "LNK-12 LNK-7 FILE-8", "blind-after-root blind-in-open")
    p_bare = p._replace(bytes=None)
    for slug, parts in (
        ("absent", p_bare._replace(entry=pack_proof(0, 0, {}))),
        ("root", p_bare._replace(entry=entry_proof((E_SHOWN,), E_SHOWN))),
        ("verdict", Log(public=(*PUBLIC, E_HELD)).parts(E_HELD)),
    ):
        first(f"trailing-before-{slug}", parts.file() + b"\0", "PROOF.TRAILING", "LNK-12 FILE-2",
              "trailing-last trailing-ignored")
    first("absent-before-root", p_bare._replace(entry=pack_proof(0, 0, {})).file(), "PROOF.ABSENT",
          "LNK-12 LNK-8 LNK-9", "absence-is-root")
    first("inclusion-before-entry",
          p._replace(path=[ZERO, *p.path[1:]], entry=pack_proof(0, 0, {}), bytes=None).file(),
          "HEAD.INCLUSION", "LNK-6 LNK-9", "entry-before-inclusion inclusion-unchecked")
    first("inclusion-before-blind", L.held()._replace(path=[ZERO, *p.path[1:]], blind=same(1)).file(),
          "HEAD.INCLUSION", "LNK-6 LNK-7", "entry-before-inclusion inclusion-unchecked")
    first("inclusion-before-bytes", p._replace(path=[ZERO, *p.path[1:]], bytes=OTHER_SHOWN).file(),
          "HEAD.INCLUSION", "LNK-6 LNK-11", "inclusion-unchecked")
    first("blind-before-entry", L.held()._replace(blind=same(1), entry=pack_proof(0, 0, {})).file(),
          "PROOF.BLIND", "LNK-7 LNK-9", "blind-after-root blind-in-open")
    first("root-before-verdict", C.held()._replace(blind=ZERO, entry=entry_proof(STATE, E_SHOWN)).file(),
          "ENTRY_PROOF.ROOT", "LNK-8 LNK-10", "verdict-before-root entry-root-unchecked")
    first("root-before-bytes", h._replace(blind=ZERO, bytes=OTHER_SHOWN).file(), "ENTRY_PROOF.ROOT",
          "LNK-8 LNK-11", "entry-root-unchecked")
    first("verdict-before-bytes", C.held(E_SHOWN, OTHER_SHOWN).file(), "PROOF.VERDICT", "LNK-10 LNK-11",
          "verdict-unchecked verdict-state-takes-published verdict-publication-unchecked")
    first("absent-before-bytes", p._replace(entry=pack_proof(0, 0, {}), bytes=OTHER_SHOWN).file(),
          "PROOF.ABSENT", "LNK-9 LNK-11", "absence-accepted absence-is-root")
    return g


def encode() -> Group:
    g = group("encode", "encode")
    for slug, parts, why, kills in (
        ("open-public", L.parts(), "A field stands elsewhere, or an integer is big-endian.",
         "integers-big-endian head-before-genesis"),
        ("open-public-bytes", L.parts(data=SHOWN), "The flag of the bytes is not set.",
         "integers-big-endian flags-swapped bytes-flag-left-out"),
        ("open-state", L.held(), "A blind of zeros is left out.",
         "open-has-no-blind flags-swapped integers-big-endian"),
        ("closed-state", C.held(), "The blind stands after the entry.",
         "blind-after-entry flags-swapped integers-big-endian"),
        ("closed-state-bytes", C.held(data=HELD), "The flags exclude each other.",
         "flags-exclusive blind-after-entry integers-big-endian"),
        ("closed-public", C.parts(), "A closed domain has always a blind.",
         "integers-big-endian head-before-genesis"),
        ("empty-artifact", L.parts(E_EMPTY, b""), "Bytes that are none are not there.",
         "no-bytes-is-no-claim integers-big-endian"),
        ("path-of-one", Log(public=(E_SHOWN,), state=(E_SHOWN,), size=2, anchor=2, position=1).parts(),
         "The path has a count.", "path-with-count integers-big-endian"),
        ("long-path", large(LAST, 5, 3), "The path has a count.", "path-with-count integers-big-endian"),
    ):
        g.ok(slug, "output", {
            "genesis": parts.genesis.hex(), "head": parts.head.hex(), "previous": parts.previous.hex(),
            "anchor": parts.anchor.hex(), "path": [one.hex() for one in parts.path],
            **({} if parts.blind is None else {"blind": parts.blind.hex()}), "entry": parts.entry.hex(),
            **({} if parts.bytes is None else {"bytes": parts.bytes.hex()}),
        }, {"bytes": describe(parts.file())}, clauses="FILE-1", why=why,
        kills=f"{kills} previous-after-anchor")
    return g


FILES: Dict[str, Sequence[Callable[[], Group]]] = {
    "asl-proof-1/proofs.json": (check, encode),
    "asl-proof-1/form.json": (form,),
    "asl-proof-1/forgeries.json": (links, order),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
