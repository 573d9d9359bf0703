#!/usr/bin/env python3
"""Writes the vectors of ASL/STORE-INDEX/1 §10 to §13, or compares them with what is on disk (`--check`).

The files on positions, policy, verdicts and packing beside them are written by hand.
"""

from __future__ import annotations

import hashlib
import hmac
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from vector_file import Group, describe, file_text, main

SPEC = "ASL/STORE-INDEX/1"
PAST_SAFE = 2**53 + 1
LAST = 2**64 - 1
U32 = 2**32 - 1
ZERO = bytes(32)

Json = Dict[str, Any]


class SnapshotGroup(Group):
    """An ID is in lower case, the name of an operation need not be."""

    def __init__(self, name: str, op: str) -> None:
        super().__init__(name, op, "0.1.0", "STX")

    def _add(self, slug: str, kind: str, given: Json, expect: Json, source: str, more: Json) -> None:
        super()._add(slug, kind, given, expect, source, more)
        vector = self.vectors[-1]
        vector["kills"] = [kill.replace("policyTable.", "policy-table.") for kill in vector["kills"]]


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def le(value: int, width: int) -> bytes:
    return value.to_bytes(width, "little")


def same(n: int) -> bytes:
    return bytes([n]) * 32


def key(digest: bytes, hash_id: int = 1) -> bytes:
    return hash_id.to_bytes(2, "big") + digest


def change(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


K1, K2, K3 = key(same(0x11)), key(same(0x22)), key(same(0x33))
HASH_IDS = (0, 3, 0x0100, 0xFFFF)


# Entries


def state(reference: bytes = K1, present: bool = True, tag: Optional[int] = None, length: int = 5,
          origin: bytes = ZERO, source: bytes = ZERO, publication: int = 0,
          tombstones: Sequence[int] = ()) -> Json:
    return {"reference": reference.hex(), "present": present, **({} if tag is None else {"typeTag": tag}),
            "length": str(length), "origin": origin.hex(), "source": source.hex(),
            "publication": publication, "tombstones": [str(logseq) for logseq in tombstones]}


def gone(reference: bytes = K1, publication: int = 0, tombstones: Sequence[int] = ()) -> Json:
    return state(reference, False, length=0, publication=publication, tombstones=tombstones)


def content(reference: bytes = K1, tag: Optional[int] = None, length: int = 5) -> Json:
    return {"reference": reference.hex(), **({} if tag is None else {"typeTag": tag}), "length": str(length)}


def state_bytes(reference: bytes = K1, present: int = 1, has_tag: int = 0, tag: int = 0, length: int = 5,
                origin: bytes = ZERO, source: bytes = ZERO, publication: int = 0,
                tombstones: Sequence[int] = (), count: Optional[int] = None) -> bytes:
    c = len(tombstones) if count is None else count
    return (reference + bytes([present, has_tag]) + le(tag, 4) + le(length, 8) + origin + source
            + bytes([publication]) + le(c, 4) + b"".join(le(logseq, 8) for logseq in tombstones))


def gone_bytes(reference: bytes = K1, **fields: Any) -> bytes:
    return state_bytes(reference, **{"present": 0, "length": 0, **fields})


def content_bytes(reference: bytes = K1, has_tag: int = 0, tag: int = 0, length: int = 5) -> bytes:
    return reference + bytes([has_tag]) + le(tag, 4) + le(length, 8)


# slug, entry, bytes, clauses, why, kills of an encoder, kills of a decoder
Pair = Tuple[str, Json, bytes, str, str, str, str]
ALL_FIELDS = {"tag": 0x01020304, "length": 0x0102030405060708, "origin": bytes(range(32)),
              "source": bytes(range(255, 223, -1)), "publication": 1, "tombstones": (7, 0x0102030405060708)}
MANY = tuple(range(3, 1203, 4))

STATES: Sequence[Pair] = (
    ("plain", state(), state_bytes(), "ENT-1",
     "A field stands elsewhere, or has another width.",
     "integers-big-endian fields-of-content-first", "integers-big-endian"),
    ("all-fields", state(**ALL_FIELDS), state_bytes(**{**ALL_FIELDS, "has_tag": 1}), "ENT-1",
     "Two fields change places, or an integer is written big-endian.",
     "integers-big-endian origin-source-swapped tombstones-before-count type-tag-big-endian",
     "integers-big-endian origin-source-swapped type-tag-big-endian"),
    ("tag-zero", state(tag=0), state_bytes(has_tag=1), "ENT-1 ENT-2",
     "The tag zero is taken for no tag.", "tag-zero-is-none", "tag-zero-is-none"),
    ("tag-greatest", state(tag=U32), state_bytes(has_tag=1, tag=U32), "ENT-1",
     "The tag is a signed number.", "tag-31-bits", "tag-signed"),
    ("length-zero", state(length=0), state_bytes(length=0), "ENT-1 ENT-2",
     "A record of no bytes is taken for no record.", "length-zero-is-absent", "length-zero-refused"),
    ("length-2-32", state(length=2**32), state_bytes(length=2**32), "ENT-1",
     "The length has four bytes.", "length-u32", "length-u32"),
    ("length-past-2-53", state(length=PAST_SAFE), state_bytes(length=PAST_SAFE), "ENT-1",
     "The length is a floating-point number.", "length-float", "length-float"),
    ("length-greatest", state(length=LAST), state_bytes(length=LAST), "ENT-1",
     "The length is a signed number.", "length-float", "length-signed"),
    ("origin", state(origin=same(0xD1)), state_bytes(origin=same(0xD1)), "ENT-1",
     "The origin is lost, or taken for the source.", "origin-source-swapped origin-dropped",
     "origin-source-swapped"),
    ("source", state(source=same(0xD1)), state_bytes(source=same(0xD1)), "ENT-1",
     "The source is lost, or taken for the origin.", "origin-source-swapped source-dropped",
     "origin-source-swapped"),
    ("published", state(publication=1), state_bytes(publication=1), "ENT-1",
     "PUBLISH is written as 2 and UNPUBLISH as 1.", "publication-swapped", "publication-swapped"),
    ("unpublished", state(publication=2), state_bytes(publication=2), "ENT-1",
     "A key that was unpublished is taken for one that never was published.",
     "publication-swapped unpublished-is-never", "publication-swapped unpublished-is-never"),
    ("one-tombstone", state(tombstones=[2**40 + 1]), state_bytes(tombstones=[2**40 + 1]), "ENT-1",
     "Only whether there is a tombstone is kept.", "tombstones-dropped", "tombstones-u32"),
    ("two-tombstones", state(tombstones=[1, 2]), state_bytes(tombstones=[1, 2]), "ENT-1",
     "Only the last tombstone is kept.", "tombstones-dropped tombstone-last-only", "tombstones-u32"),
    ("tombstones-9-10", state(tombstones=[9, 10]), state_bytes(tombstones=[9, 10]), "ENT-1 ENT-4",
     "Logseqs are ordered as texts.", "tombstones-as-text", "tombstones-as-text"),
    ("tombstones-255-256", state(tombstones=[255, 256]), state_bytes(tombstones=[255, 256]), "ENT-1 ENT-4",
     "Logseqs are compared by their bytes as they stand.", "integers-big-endian", "tombstones-by-bytes"),
    ("tombstones-around-2-32", state(tombstones=[U32, 2**32]), state_bytes(tombstones=[U32, 2**32]),
     "ENT-1 ENT-4", "Half of a logseq is written or compared.", "tombstone-high-half-dropped",
     "tombstones-low-half"),
    ("tombstones-around-2-53", state(tombstones=[2**53, PAST_SAFE]),
     state_bytes(tombstones=[2**53, PAST_SAFE]), "ENT-1 ENT-4",
     "Logseqs are floating-point numbers.", "tombstone-float", "tombstones-float"),
    ("tombstones-around-2-63", state(tombstones=[2**63 - 1, 2**63]),
     state_bytes(tombstones=[2**63 - 1, 2**63]), "ENT-1 ENT-4",
     "Logseqs are compared as signed numbers.", "tombstone-float", "tombstones-signed tombstones-float"),
    ("tombstone-greatest", state(tombstones=[LAST]), state_bytes(tombstones=[LAST]), "ENT-1 ENT-4",
     "The greatest logseq is refused or read as -1.", "tombstone-float", "tombstones-signed"),
    ("tombstones-300", state(tombstones=MANY), state_bytes(tombstones=MANY), "ENT-1",
     "The count has one byte.", "count-u8", "count-u8"),
    ("absent-tombstoned", gone(tombstones=[3]), gone_bytes(tombstones=[3]), "ENT-1 ENT-2",
     "An entry without a record is left out, or is written short.", "absent-short absent-untagged-one",
     "absent-short absent-refused"),
    ("absent-published", gone(publication=1), gone_bytes(publication=1), "ENT-1 ENT-2 ENT-4",
     "A publication without a record says nothing.", "absent-short", "absent-published-refused"),
    ("absent-unpublished", gone(publication=2), gone_bytes(publication=2), "ENT-1 ENT-2 ENT-4",
     "An entry that says no more than that a key was unpublished says nothing.",
     "absent-short unpublished-is-never", "absent-unpublished-refused"),
    ("absent-all", gone(K2, 2, [1, LAST]), gone_bytes(K2, publication=2, tombstones=[1, LAST]), "ENT-1 ENT-2",
     "An entry without a record is written short.", "absent-short unpublished-is-never", "absent-short"),
    ("blake3", state(key(same(0x11), 2)), state_bytes(key(same(0x11), 2)), "ENT-1 ENT-5",
     "A hash function that is registered and optional is refused, or left out.",
     "hash-id-dropped", "hash-id-sha256-only"),
)

CONTENTS: Sequence[Pair] = (
    ("content-plain", content(), content_bytes(), "ENT-1",
     "A content entry has a byte for `present` too.", "content-with-present integers-big-endian",
     "content-with-present integers-big-endian"),
    ("content-tag-zero", content(tag=0), content_bytes(has_tag=1), "ENT-1 ENT-2",
     "The tag zero is taken for no tag.", "tag-zero-is-none", "tag-zero-is-none"),
    ("content-tag", content(tag=0x01020304), content_bytes(has_tag=1, tag=0x01020304), "ENT-1",
     "The tag is written big-endian, as in an artifact.", "type-tag-big-endian", "type-tag-big-endian"),
    ("content-length-zero", content(length=0), content_bytes(length=0), "ENT-1",
     "The empty artifact has no content entry.", "content-with-present", "length-zero-refused"),
    ("content-length-greatest", content(length=LAST), content_bytes(length=LAST), "ENT-1",
     "The length is a signed or floating-point number.", "length-float length-u32",
     "length-signed length-u32"),
    ("content-all-fields", content(K3, 0x01020304, 0x0102030405060708),
     content_bytes(K3, 1, 0x01020304, 0x0102030405060708), "ENT-1",
     "An integer is written big-endian, as in an artifact.", "integers-big-endian type-tag-big-endian",
     "integers-big-endian type-tag-big-endian"),
    ("content-blake3", content(key(same(0x11), 2)), content_bytes(key(same(0x11), 2)), "ENT-1 ENT-5",
     "A hash function that is registered and optional is refused, or left out.",
     "hash-id-dropped", "hash-id-sha256-only"),
)


def kind_of(pair: Pair) -> str:
    return "content" if pair[0].startswith("content") else "state"


def entry_encode() -> Group:
    g = SnapshotGroup("entry.encode", "entry.encode")
    for pair in (*STATES, *CONTENTS):
        slug, entry, encoded, clauses, why, kills, _ = pair
        kind = kind_of(pair)
        g.ok(slug, "roundtrip", {"kind": kind, "entry": entry}, {"kind": kind, "bytes": encoded.hex()},
             clauses=clauses, why=why, kills=kills)
    return g


def entry_decode() -> Group:
    g = SnapshotGroup("entry.decode", "entry.decode")
    for pair in (*STATES, *CONTENTS):
        slug, entry, encoded, clauses, why, _, kills = pair
        kind = kind_of(pair)
        g.ok(slug, "roundtrip", {"kind": kind, "bytes": encoded.hex()}, {"kind": kind, "entry": entry},
             clauses=f"{clauses} ENT-3", why=why, kills=kills)
    return g


STATE_FIELDS = ((0, "reference"), (1, "reference"), (33, "reference"), (34, "present"), (35, "has_type_tag"),
                (36, "type_tag"), (39, "type_tag"), (40, "length"), (47, "length"), (48, "origin"),
                (79, "origin"), (80, "source"), (111, "source"), (112, "publication"),
                (113, "tombstone_count"), (116, "tombstone_count"), (117, "tombstones"), (124, "tombstones"),
                (125, "tombstones"), (132, "tombstones"))
CONTENT_FIELDS = ((0, "reference"), (33, "reference"), (34, "has_type_tag"), (35, "type_tag"),
                  (38, "type_tag"), (39, "length"), (46, "length"))


def entry_truncated() -> Group:
    g = SnapshotGroup("entry.decode-truncated", "entry.decode")

    def add(slug: str, kind: str, data: bytes, why: str, kills: str, clauses: str = "ENT-3") -> None:
        g.reject(slug, {"kind": kind, "bytes": data.hex()}, "ENTRY.TRUNCATED", clauses=clauses, why=why,
                 kills=kills)

    whole = state_bytes(tombstones=[1, 2])
    for at, field in STATE_FIELDS:
        add(f"state-at-{at}", "state", whole[:at], f"An entry that ends in `{field}` is taken.",
            "truncated-accepted" + (" tombstones-cut" if at >= 117 else ""))
    for at, field in CONTENT_FIELDS:
        add(f"content-at-{at}", "content", content_bytes()[:at], f"An entry that ends in `{field}` is taken.",
            "truncated-accepted")
    add("tombstones-less-one", "state", state_bytes(tombstones=[1, 2], count=3),
        "The tombstones are those that are there.", "truncated-accepted tombstones-cut")
    add("count-2-29", "state", state_bytes(count=2**29),
        "The length of the tombstones is computed in 32 bits.", "count-wraps tombstones-cut")
    add("count-2-29-and-one", "state", state_bytes(tombstones=[1], count=2**29 + 1),
        "The length of the tombstones is computed in 32 bits.", "count-wraps tombstones-cut")
    add("count-greatest", "state", state_bytes(tombstones=[1], count=U32),
        "The count is signed, or room is taken for it.", "count-signed tombstones-cut")
    add("count-256", "state", state_bytes(count=256), "One byte of the count is read.",
        "count-u8 tombstones-cut")
    add("order-key-before-hash-id", "state", bytes(33), "The hash_id is looked at before the key is there.",
        "hash-id-before-key", "ENT-3 ENT-5")
    add("content-order-key-before-hash-id", "content", bytes(33),
        "The hash_id is looked at before the key is there.", "hash-id-before-key", "ENT-3 ENT-5")
    add("order-field-before-form", "state", state_bytes(present=2)[:116],
        "The form is checked before all fields are there.", "form-before-fields", "ENT-3 ENT-4")
    add("order-tombstones-before-form", "state", state_bytes(present=2, tombstones=[1])[:124],
        "The form is checked before the tombstones are there.", "form-before-tombstones", "ENT-3 ENT-4")
    add("order-tombstones-before-their-order", "state", state_bytes(tombstones=[2, 1], count=3),
        "Each tombstone is checked as it is read.", "form-before-tombstones", "ENT-3 ENT-4")
    add("content-order-field-before-form", "content", content_bytes(has_tag=2)[:46],
        "The form is checked before all fields are there.", "form-before-fields", "ENT-3 ENT-4")
    return g


def entry_refused() -> Group:
    g = SnapshotGroup("entry.decode-refused", "entry.decode")

    def refuse(slug: str, kind: str, data: bytes, code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, {"kind": kind, "bytes": data.hex()}, code, clauses=clauses, why=why, kills=kills)

    def trailing(slug: str, kind: str, data: bytes, kills: str = "trailing-ignored") -> None:
        refuse(f"trailing-{slug}", kind, data, "ENTRY.TRAILING", "ENT-3", "What follows an entry is ignored.",
               kills)

    trailing("byte", "state", state_bytes() + b"\0", "trailing-ignored trailing-zeros-ignored")
    trailing("zero-tombstone", "state", state_bytes() + bytes(8),
             "trailing-ignored trailing-zeros-ignored tombstones-to-end")
    trailing("tombstone", "state", state_bytes(tombstones=[1, 2], count=1),
             "trailing-ignored tombstones-to-end")
    trailing("entry", "state", state_bytes() + state_bytes(K2))
    trailing("byte-of-content", "content", content_bytes() + b"\0", "trailing-ignored trailing-zeros-ignored")
    trailing("content", "content", content_bytes() + content_bytes(K2))

    def form(slug: str, kind: str, data: bytes, why: str, kills: str, clauses: str = "ENT-4") -> None:
        refuse(slug, kind, data, "ENTRY.FORM", clauses, why, kills)

    for value in (2, 128, 255):
        form(f"present-{value}", "state", state_bytes(present=value), "Every value but zero is a record.",
             "present-truthy")
        form(f"has-type-tag-{value}", "state", state_bytes(has_tag=value, tag=7),
             "Every value but zero is a tag.", "has-type-tag-truthy")
        form(f"content-has-type-tag-{value}", "content", content_bytes(has_tag=value, tag=7),
             "Every value but zero is a tag.", "has-type-tag-truthy")
    for value in (3, 128, 255):
        form(f"publication-{value}", "state", state_bytes(publication=value), "Another publication is taken.",
             "publication-unchecked" + ("" if value == 3 else " publication-signed"))
    for at, field in ((35, "has-type-tag"), (36, "type-tag"), (39, "type-tag"), (40, "length"),
                      (47, "length"),
                      (48, "origin"), (79, "origin"), (80, "source"), (111, "source")):
        form(f"absent-{field}-at-{at}", "state", change(gone_bytes(tombstones=[1]), at, b"\1"),
             f"An entry without a record has a `{field.replace('-', '_')}`.",
             f"absent-unchecked absent-{field}-unchecked", "ENT-4 ENT-2")
    for slug, tag in (("1", 1), ("2-24", 2**24), ("greatest", U32)):
        form(f"untagged-{slug}", "state", state_bytes(tag=tag), "A tag that is not there is read past.",
             "untagged-unchecked" + (" untagged-low-half" if tag == 2**24 else ""), "ENT-4 ENT-2")
        form(f"content-untagged-{slug}", "content", content_bytes(tag=tag),
             "A tag that is not there is read past.",
             "untagged-unchecked" + (" untagged-low-half" if tag == 2**24 else ""), "ENT-4 ENT-2")

    def tombstones(slug: str, logseqs: Sequence[int], why: str, kills: str) -> None:
        form(f"tombstones-{slug}", "state", state_bytes(tombstones=logseqs), why, kills)

    tombstones("zero", [0], "The logseq 0 is taken.", "tombstone-zero tombstones-unchecked")
    tombstones("zero-and-one", [0, 1], "The logseq 0 is taken.", "tombstone-zero tombstones-unchecked")
    tombstones("equal", [5, 5], "A tombstone stands twice.", "tombstones-equal tombstones-unchecked")
    tombstones("descending", [6, 5], "Tombstones stand in any order.", "tombstones-unchecked")
    tombstones("last-descending", [1, 3, 2], "Only the first two are compared.",
               "tombstones-first-pair tombstones-unchecked tombstones-above-first")
    tombstones("text-order", [10, 9], "Logseqs are ordered as texts.",
               "tombstones-as-text tombstones-unchecked")
    tombstones("byte-order", [256, 1], "Logseqs are compared by their bytes as they stand.",
               "tombstones-by-bytes tombstones-unchecked")
    tombstones("low-half-order", [2**32 + 1, 2], "Half of a logseq is compared.",
               "tombstones-low-half tombstones-unchecked")
    tombstones("signed-order", [LAST - 1, LAST, 1], "Logseqs are compared as signed numbers.",
               "tombstones-unchecked tombstones-first-pair")
    form("says-nothing", "state", gone_bytes(), "A key of which there is no entry is given one.",
         "says-nothing-accepted", "ENT-4 ENT-1")

    for hash_id in HASH_IDS:
        kills = "hash-id-unchecked" + (" hash-id-little-endian" if hash_id == 0x0100 else "")
        for kind, encode in (("state", state_bytes), ("content", content_bytes)):
            refuse(f"{kind}-hash-id-{hash_id}", kind, encode(key(same(0x11), hash_id)), "CORE.HASH_ID",
                   "ENT-5", "A hash_id that is not registered is taken, or read little-endian.", kills)
    bad = key(same(0x11), 3)
    refuse("order-hash-id-before-end", "state", bad, "CORE.HASH_ID", "ENT-5 ENT-3",
           "The hash_id is looked at after all fields are there.", "hash-id-after-fields")
    refuse("content-order-hash-id-before-end", "content", bad, "CORE.HASH_ID", "ENT-5 ENT-3",
           "The hash_id is looked at after all fields are there.", "hash-id-after-fields")
    refuse("order-hash-id-before-form", "state", state_bytes(bad, present=2), "CORE.HASH_ID", "ENT-5 ENT-4",
           "The hash_id is looked at after the form.", "hash-id-last")
    refuse("order-hash-id-before-trailing", "state", state_bytes(bad) + b"\0", "CORE.HASH_ID", "ENT-5 ENT-3",
           "The hash_id is looked at after the length.", "hash-id-last")
    form("order-form-before-trailing", "state", state_bytes(present=2) + b"\0",
         "The length is checked before the form.", "trailing-before-form", "ENT-4 ENT-3")
    form("content-order-form-before-trailing", "content", content_bytes(has_tag=2, tag=1) + b"\0",
         "The length is checked before the form.", "trailing-before-form", "ENT-4 ENT-3")
    form("order-tombstones-before-trailing", "state", state_bytes(tombstones=[1, 1]) + b"\0",
         "The length is checked before the form.", "trailing-before-form", "ENT-4 ENT-3")
    return g


# Tries


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0", entry)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1", left, right)


def bits(reference: bytes) -> str:
    return f"{int.from_bytes(reference, 'big'):0272b}"


def up(digest: bytes, reference: bytes, depth: int, siblings: Dict[int, bytes]) -> bytes:
    """From a subtree of some depth to the root, past siblings by their number; those not given are empty."""
    for i in reversed(range(depth)):
        sibling = siblings.get(i, ZERO)
        digest = node(digest, sibling) if bits(reference)[i] == "0" else node(sibling, digest)
    return digest


def proof(end: int, depth: int, siblings: Dict[int, bytes], entry: bytes = b"", marks: Sequence[int] = (),
          width: Optional[int] = None) -> bytes:
    """`marks` are bits that are set beside those of the siblings."""
    count = -(-depth // 8) if width is None else width
    present = ["0"] * (8 * count)
    for i in (*siblings, *marks):
        present[i] = "1"
    packed = bytes(int("".join(present[8 * i : 8 * i + 8]), 2) for i in range(count))
    return bytes([end]) + le(depth, 2) + packed + b"".join(siblings[i] for i in sorted(siblings)) + entry


def digest_of(*ones: int) -> bytes:
    """32 bytes of which these bits are 1, counted from the first bit of a digest."""
    return sum(1 << (255 - i) for i in ones).to_bytes(32, "big")


# Named by the bit of the reference in which two of a pair differ: 16 is the first of a digest.
LOW, HIGH = key(digest_of()), key(digest_of(0))
NEAR, LAST_BUT_ONE, LAST_BIT = key(digest_of(1)), key(digest_of(254)), key(digest_of(255))
OTHER = key(digest_of(), 2)


def c(reference: bytes, length: int = 5) -> bytes:
    return content_bytes(reference, length=length)


def spread(count: int) -> List[bytes]:
    """Keys of both hash functions, spread evenly."""
    return [key(sha256(f"trie {i}".encode()), 1 + (i % 3 == 2)) for i in range(count)]


def pair_root(a: bytes, b: bytes, depth: int) -> bytes:
    """The root over two entries whose first `depth` bits are the same; the next one is 0 in the first."""
    return up(node(leaf(a), leaf(b)), a[:34], depth, {})


def tries(g: Group, slug: str, kind: str, entries: Sequence[Json], root: Optional[bytes],
          **more: str) -> None:
    ok = None if root is None else {"root": root.hex()}
    g.ok(slug, "output", {"kind": kind, "entries": list(entries)}, ok, **more)


def trie_root() -> Group:
    g = SnapshotGroup("trie.root", "trie.root")

    def add(slug: str, references: Sequence[bytes], root: Optional[bytes], why: str, kills: str,
            clauses: str = "TRIE-1 TRIE-2") -> None:
        tries(g, slug, "content", [content(reference) for reference in references], root, clauses=clauses,
              why=why, kills=kills)

    for kind in ("content", "state"):
        tries(g, f"empty-{kind}", kind, [], ZERO, clauses="TRIE-1 TRIE-2",
              why="The empty trie has the hash of no bytes, or of an empty leaf.",
              kills="empty-is-hash empty-is-leaf")
    tries(g, "one", "content", [content()], leaf(c(K1)), clauses="TRIE-1 TRIE-2",
          why="An entry is hashed up all the bits of its key, or without the prefix of a leaf.",
          kills="leaf-without-prefix leaf-at-full-depth leaf-with-depth leaf-of-key node-prefix-on-leaf "
          "root-with-count")
    tries(g, "one-state", "state", [state(tombstones=[1])], leaf(state_bytes(tombstones=[1])),
          clauses="TRIE-1 TRIE-2", why="The tombstones are not hashed.",
          kills="leaf-without-prefix leaf-at-full-depth leaf-of-key leaf-of-content")
    tries(g, "one-absent", "state", [gone(tombstones=[1])], leaf(gone_bytes(tombstones=[1])),
          clauses="TRIE-1 TRIE-2", why="An entry without a record is left out.",
          kills="absent-left-out leaf-of-key")
    chain = "A path without branches is shortened, or empty siblings are hashed otherwise."
    add("first-bit-of-digest", [LOW, HIGH], pair_root(c(LOW), c(HIGH), 16), chain,
        "paths-compressed empty-sibling-skipped empty-is-hash bits-from-least node-without-prefix "
        "node-swapped keys-by-digest leaf-at-full-depth node-with-depth")
    add("second-bit-of-digest", [LOW, NEAR], pair_root(c(LOW), c(NEAR), 17), chain,
        "paths-compressed empty-sibling-skipped bits-from-least node-swapped keys-by-digest")
    add("last-bit-but-one", [LOW, LAST_BUT_ONE], pair_root(c(LOW), c(LAST_BUT_ONE), 270), chain,
        "paths-compressed bits-from-least bits-of-256")
    add("last-bit", [LOW, LAST_BIT], pair_root(c(LOW), c(LAST_BIT), 271),
        "The last bit of a key is not looked at.",
        "paths-compressed bits-from-least bits-of-256 duplicate-by-prefix",
        "TRIE-1 TRIE-2 TRIE-3")
    add("hash-functions", [LOW, OTHER], pair_root(c(LOW), c(OTHER), 14),
        "A key is its digest, or the hash_id is read little-endian.",
        "keys-by-digest hash-id-little-endian paths-compressed duplicate-by-digest", "TRIE-1 TRIE-2 TRIE-3")
    inner = node(leaf(c(LOW)), leaf(c(LAST_BIT)))
    for i in range(270, 16, -1):
        inner = node(inner, ZERO)
    three = up(node(inner, leaf(c(HIGH))), LOW, 16, {})
    add("near-pair-and-one", [LOW, LAST_BIT, HIGH], three,
        "An entry alone is not put as high as it can stand.",
        "leaf-at-full-depth leaf-beside-pair paths-compressed root-with-count")
    for slug, order in (("order-1", [HIGH, LOW, LAST_BIT]), ("order-2", [LAST_BIT, HIGH, LOW])):
        add(f"near-pair-and-one-{slug}", order, three, "The root depends on the order of the entries.",
            "order-of-input", "TRIE-2 TRIE-1")
    unequal = key(bytes([0x7F] + [0xFF] * 31)), key(bytes([0x80] + [0] * 31))
    add("unsigned", unequal, pair_root(c(unequal[0]), c(unequal[1]), 16), "Bytes are compared as signed.",
        "node-swapped paths-compressed")
    many = spread(40)
    by_python = "A trie of many entries is made otherwise."
    add("many", many, None, by_python, "node-swapped bits-from-least keys-by-digest empty-sibling-skipped")
    add("many-reversed", many[::-1], None, "The root depends on the order of the entries.",
        "order-of-input", "TRIE-2")
    add("many-by-digest", sorted(many, key=lambda reference: reference[2:]), None,
        "The root depends on the order of the entries.", "order-of-input", "TRIE-2")
    tries(g, "many-states", "state",
          [state(reference, i % 5 != 4, length=i if i % 5 != 4 else 0, publication=i % 3 if i % 5 != 4 else 1,
                 tombstones=range(1, i % 4 + 1)) for i, reference in enumerate(spread(20))],
          None, clauses="TRIE-1 TRIE-2", why=by_python, kills="absent-left-out leaf-of-content node-swapped")
    return g


def trie_refused() -> Group:
    g = SnapshotGroup("trie.root-refused", "trie.root")

    def refuse(slug: str, kind: str, entries: Sequence[Json], why: str, kills: str) -> None:
        g.reject(slug, {"kind": kind, "entries": list(entries)}, "IDX.DUPLICATE", clauses="TRIE-3", why=why,
                 kills=kills)

    refuse("two-contents", "content", [content(K1), content(K1, length=6)],
           "The last entry of a key replaces the others.",
           "duplicate-last duplicate-unchecked duplicate-first")
    refuse("two-contents-apart", "content", [content(K1, length=6), content(K3), content(K2), content(K1)],
           "Only neighbours are compared as they come.",
           "duplicate-neighbours duplicate-last duplicate-unchecked")
    refuse("equal-contents", "content", [content(K1), content(K1)], "Equal entries are taken for one.",
           "duplicate-equal-taken duplicate-last duplicate-unchecked")
    refuse("two-states", "state", [state(K1), state(K2), state(K1, tombstones=[1])],
           "Entries are compared, not their keys.", "duplicate-by-entry duplicate-last duplicate-unchecked")
    refuse("record-and-none", "state", [gone(K1, tombstones=[1]), state(K1)],
           "Entries are compared, not their keys.", "duplicate-by-entry duplicate-last duplicate-unchecked")
    return g


class Case:
    """What a key has in a trie of content entries, with the one proof of it."""

    def __init__(self, slug: str, references: Sequence[bytes], asked: bytes, end: int, depth: int,
                 siblings: Dict[int, bytes], found: Optional[bytes] = None) -> None:
        self.slug, self.references, self.asked = slug, references, asked
        self.end, self.depth, self.siblings = end, depth, siblings
        self.entry = b"" if found is None else c(found)
        self.member = found == asked
        start = leaf(self.entry) if end == 1 else ZERO
        self.root = up(start, asked, depth, siblings)
        self.proof = proof(end, depth, siblings, self.entry)

    @property
    def outcome(self) -> Json:
        return {"entry": content(self.asked)} if self.member else {"absent": True}


def below(pair: Sequence[bytes], depth: int, top: int) -> bytes:
    """The subtree of depth `top` with two entries that part after `depth` bits."""
    digest = node(leaf(c(pair[0])), leaf(c(pair[1])))
    for i in reversed(range(top, depth)):
        digest = node(digest, ZERO) if bits(pair[0])[i] == "0" else node(ZERO, digest)
    return digest


HIGH_NEAR = key(digest_of(0, 1))
HIGH_LAST = key(digest_of(0, 255))
CASES = (
    Case("empty", [], K1, 0, 0, {}),
    Case("one", [K1], K1, 1, 0, {}, K1),
    Case("one-other", [K1], K2, 1, 0, {}, K1),
    Case("one-other-last-bit", [LOW], LAST_BIT, 1, 0, {}, LOW),
    Case("depth-15", [LOW, OTHER], LOW, 1, 15, {14: leaf(c(OTHER))}, LOW),
    Case("depth-15-blake3", [LOW, OTHER], OTHER, 1, 15, {14: leaf(c(LOW))}, OTHER),
    Case("depth-15-other", [LOW, OTHER], HIGH, 1, 15, {14: leaf(c(OTHER))}, LOW),
    Case("depth-15-nothing", [LOW, HIGH], OTHER, 0, 15, {14: below((LOW, HIGH), 16, 15)}),
    Case("depth-17", [LOW, HIGH], LOW, 1, 17, {16: leaf(c(HIGH))}, LOW),
    Case("depth-17-one", [LOW, HIGH], HIGH, 1, 17, {16: leaf(c(LOW))}, HIGH),
    Case("depth-17-other", [LOW, HIGH], NEAR, 1, 17, {16: leaf(c(HIGH))}, LOW),
    Case("depth-17-other-last-bit", [LOW, HIGH], LAST_BIT, 1, 17, {16: leaf(c(HIGH))}, LOW),
    Case("depth-17-nothing", [HIGH, HIGH_NEAR], LOW, 0, 17, {16: below((HIGH, HIGH_NEAR), 17, 17)}),
    Case("depth-18-two-siblings", [LOW, NEAR, HIGH], NEAR, 1, 18, {16: leaf(c(HIGH)), 17: leaf(c(LOW))},
         NEAR),
    Case("depth-271", [LOW, LAST_BUT_ONE], LOW, 1, 271, {270: leaf(c(LAST_BUT_ONE))}, LOW),
    Case("depth-271-other", [LOW, LAST_BUT_ONE], LAST_BIT, 1, 271, {270: leaf(c(LAST_BUT_ONE))}, LOW),
    Case("depth-271-nothing", [LOW,
                               LAST_BIT], LAST_BUT_ONE, 0, 271, {270: node(leaf(c(LOW)), leaf(c(LAST_BIT)))}),
    Case("depth-272", [LOW, LAST_BIT], LAST_BIT, 1, 272, {271: leaf(c(LOW))}, LAST_BIT),
    Case("depth-272-zero", [LOW, LAST_BIT], LOW, 1, 272, {271: leaf(c(LAST_BIT))}, LOW),
    Case("depth-272-three", [LOW, LAST_BIT, LAST_BUT_ONE, OTHER], LAST_BIT, 1, 272,
         {14: leaf(c(OTHER)), 270: leaf(c(LAST_BUT_ONE)), 271: leaf(c(LOW))}, LAST_BIT),
    Case("beside-deep-pair", [HIGH, HIGH_LAST, LOW], LOW, 1, 17, {16: below((HIGH, HIGH_LAST), 271, 17)},
         LOW),
)
# No trie over registered keys is like these, and no verifier can know: it sees hashes.
SEEN_ONLY = (
    Case("depth-1", [], K1, 1, 1, {0: same(0xA0)}, K1),
    Case("depth-1-nothing", [], K1, 0, 1, {0: same(0xA0)}),
    Case("depth-8", [], K1, 1, 8, {0: same(0xA0), 7: same(0xA7)}, K1),
    Case("depth-9", [], K1, 1, 9, {8: same(0xA8)}, K1),
    Case("depth-16", [], K1, 1, 16, {0: same(0xA0), 15: same(0xAF)}, K1),
    Case("depth-16-nothing", [], K1, 0, 16, {7: same(0xA7), 15: same(0xAF)}),
    Case("all-siblings", [], K1, 1, 272, {i: sha256(le(i, 2)) for i in range(272)}, K1),
)


def trie_prove() -> Group:
    g = SnapshotGroup("trie.prove", "trie.prove")
    kills = {
        "empty": "prove-end-one-always prove-refuses-absent",
        "one": "prove-to-leaf", "one-other": "prove-other-as-nothing prove-refuses-absent",
        "one-other-last-bit": "prove-other-as-nothing prove-to-leaf",
        "depth-272-three": "prove-siblings-from-end prove-marks-from-least prove-empty-siblings-written",
        "depth-18-two-siblings": "prove-siblings-from-end prove-marks-from-least prove-to-leaf",
    }
    for case in CASES:
        given = {"kind": "content", "entries": [content(reference) for reference in case.references],
                 "key": case.asked.hex()}
        usual = "prove-depth-big-endian prove-marks-from-least prove-empty-siblings-written"
        if case.end == 1 and not case.member:
            usual += " prove-other-as-nothing"
        elif case.end == 0:
            usual += " prove-refuses-absent"
        g.ok(case.slug, "output", given, {"proof": describe(case.proof)}, clauses="PRF-3 PRF-5 PRF-6 TRIE-1",
             why="Another proof is made than the one there is.", kills=kills.get(case.slug, usual))
    many = spread(40)
    for slug, asked in (("many", many[7]), ("many-absent", key(sha256(b"absent"))),
                        ("many-absent-blake3", key(sha256(b"absent"), 2))):
        g.ok(slug, "output", {"kind": "content", "entries": [content(reference) for reference in many],
                              "key": asked.hex()}, clauses="PRF-5 TRIE-1",
             why="A proof in a trie of many entries is made otherwise.",
             kills="prove-siblings-from-end prove-depth-big-endian prove-marks-from-least")
    entries = [state(LOW, tombstones=[1, 2]), gone(HIGH, 2)]
    g.ok("state", "output", {"kind": "state", "entries": entries, "key": HIGH.hex()},
         {"proof": proof(1, 17, {16: leaf(state_bytes(LOW, tombstones=[1, 2]))},
                         gone_bytes(HIGH, publication=2)).hex()},
         clauses="PRF-5 PRF-6 TRIE-1", why="The entry of a key without a record is taken for none.",
         kills="prove-absent-as-nothing prove-depth-big-endian")
    return g


def verify_input(case: Case, **changed: bytes) -> Json:
    given = {"root": case.root, "key": case.asked, "proof": case.proof, **changed}
    return {"kind": "content", "root": given["root"].hex(), "key": given["key"].hex(),
            "proof": describe(given["proof"])}


def case_of(slug: str) -> Case:
    return next(case for case in (*CASES, *SEEN_ONLY) if case.slug == slug)


def trie_verify() -> Group:
    g = SnapshotGroup("trie.verify", "trie.verify")
    kills = {
        "empty": "empty-is-hash depth-zero-refused",
        "one": "depth-zero-refused leaf-without-prefix", "one-other": "other-is-found other-refused",
        "one-other-last-bit": "other-is-found other-refused", "depth-1": "depth-big-endian marks-from-least",
        "depth-1-nothing": "depth-big-endian nothing-is-leaf",
        "depth-8": "marks-one-byte-more depth-big-endian siblings-from-end",
        "depth-9": "depth-big-endian marks-from-least",
        "depth-16": "marks-one-byte-more depth-big-endian siblings-from-end",
        "depth-16-nothing": "marks-one-byte-more nothing-is-leaf",
        "depth-272": "depth-limit-271 depth-limit-256", "depth-272-zero": "depth-limit-271 depth-limit-256",
        "depth-271": "depth-limit-256 depth-big-endian",
        "depth-272-three": "depth-limit-271 siblings-from-end empty-siblings-written",
        "all-siblings": "siblings-from-end depth-limit-256 marks-u32",
    }
    for case in (*CASES, *SEEN_ONLY):
        usual = "node-swapped-up empty-siblings-written marks-from-least"
        if case.end == 1 and not case.member:
            usual += " other-is-found other-refused key-all-bits"
            if case.slug == "depth-17-other":
                usual += " key-one-bit-more"
        elif case.end == 0:
            usual += " nothing-is-leaf"
        g.ok(case.slug, "output", verify_input(case), case.outcome,
             clauses="PRF-1 PRF-2 PRF-3 PRF-4 PRF-5 PRF-6",
             why="A proof that shows what it says is refused, or taken to show something else.",
             kills=kills.get(case.slug, usual))

    def states(slug: str, asked: bytes, entry: Json, encoded: bytes, why: str, kills: str) -> None:
        other = leaf(state_bytes(HIGH if asked == LOW else LOW))
        root = up(leaf(encoded), asked, 17, {16: other})
        g.ok(slug, "output", {"kind": "state", "root": root.hex(), "key": asked.hex(),
                              "proof": proof(1, 17, {16: other}, encoded).hex()}, {"entry": entry},
             clauses="PRF-1 PRF-5 PRF-6", why=why, kills=kills)

    states("state", LOW, state(LOW, tombstones=[1, 2]), state_bytes(LOW, tombstones=[1, 2]),
           "The tombstones are taken for what follows a proof.", "entry-without-tombstones")
    states("state-without-record", HIGH, gone(HIGH, 1), gone_bytes(HIGH, publication=1),
           "The entry of a key without a record is taken for none.", "absent-is-nothing")
    states("state-tombstoned", HIGH, gone(HIGH, tombstones=[LAST]), gone_bytes(HIGH, tombstones=[LAST]),
           "The entry of a key without a record is taken for none.",
           "absent-is-nothing entry-without-tombstones")
    return g


def verify_form() -> Group:
    g = SnapshotGroup("trie.verify-form", "trie.verify")
    member, nothing, deep = case_of("depth-17"), case_of("depth-17-nothing"), case_of("depth-18-two-siblings")

    def refuse(slug: str, given: Json, code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, given, code, clauses=clauses, why=why, kills=kills)

    def cut(slug: str, case: Case, length: int, field: str) -> None:
        refuse(slug, verify_input(case, proof=case.proof[:length]), "ENTRY_PROOF.TRUNCATED", "PRF-1",
               f"A proof that ends in `{field}` is taken, or ends in another error.", "truncated-accepted")

    for at, field in ((0, "end"), (1, "depth"), (2, "depth"), (3, "siblings_present"),
                      (5, "siblings_present"),
                      (6, "siblings"), (37, "siblings"), (38, "siblings"), (69, "siblings")):
        cut(f"truncated-at-{at}", deep, at, field)
    for at, field in ((2, "depth"), (4, "siblings_present"), (6, "siblings"), (37, "siblings")):
        cut(f"nothing-truncated-at-{at}", nothing, at, field)
    for at, field in ((0, "reference"), (33, "reference"), (34, "has_type_tag"), (46, "length")):
        refuse(f"entry-truncated-at-{at}", verify_input(member, proof=member.proof[: 38 + at]),
               "ENTRY.TRUNCATED",
               "PRF-1 ENT-3",
               f"An entry that ends in `{field}` is taken for none, or has the code of a proof.",
               "entry-end-is-of-proof" + (" entry-missing-is-none" if at == 0 else ""))
    one = case_of("one")
    refuse("entry-missing-at-depth-0", verify_input(one, proof=one.proof[:3]), "ENTRY.TRUNCATED",
           "PRF-1 ENT-3", "An entry that is not there is taken for none, or has the code of a proof.",
           "entry-end-is-of-proof entry-missing-is-none")

    def trailing(slug: str, case: Case, more: bytes, kills: str = "trailing-ignored") -> None:
        refuse(f"trailing-{slug}", verify_input(case, proof=case.proof + more), "ENTRY_PROOF.TRAILING",
               "PRF-1", "What follows a proof is ignored, or has the code of an entry.", kills)

    trailing("nothing", nothing, b"\0")
    trailing("nothing-at-depth-0", case_of("empty"), b"\0")
    trailing("nothing-entry", nothing, c(LOW), "trailing-ignored entry-always")
    trailing("sibling", nothing, same(0xA0))
    trailing("entry", member, b"\0", "trailing-ignored trailing-is-of-entry")
    trailing("two-entries", member, c(HIGH), "trailing-ignored trailing-is-of-entry")

    def form(slug: str, asked: bytes, made: bytes, root: bytes, why: str, kills: str,
             clauses: str = "PRF-2") -> None:
        refuse(slug, {"kind": "content", "root": root.hex(), "key": asked.hex(), "proof": describe(made)},
               "ENTRY_PROOF.FORM", clauses, why, kills)

    for value in (2, 128, 255):
        form(f"end-{value}", LOW, change(member.proof, 0, bytes([value])), member.root,
             "Every value but zero is an entry.", "end-truthy end-unchecked")
        form(f"end-{value}-nothing", LOW, change(nothing.proof, 0, bytes([value])), nothing.root,
             "Every value but one is nothing.", "end-not-one-is-nothing end-unchecked")
    beyond = {0: same(0xA0), 272: same(0xAA)}
    # There is no bit 272 of a key: as if it were 0.
    start = node(leaf(c(K1)), beyond[272])
    form("depth-273", K1, proof(1, 273, beyond, c(K1)), up(start, K1, 272, {0: beyond[0]}),
         "A path is longer than a key.", "depth-limit-273 depth-unchecked")
    form("depth-280", K1, proof(1, 280, {279: same(0xAA)}, c(K1)), ZERO,
         "The greatest depth is what 35 bytes have bits for.", "depth-unchecked")
    form("depth-512", K1, proof(1, 512, {511: same(0xAA)}, c(K1)), ZERO, "The greatest depth is not checked.",
         "depth-unchecked")
    form("depth-65535", K1, proof(1, 65535, {65534: same(0xAA)}, c(K1)), ZERO,
         "The depth is signed, or not checked.", "depth-unchecked depth-signed")
    for i in (17, 18, 23):
        form(f"padding-{i}", LOW, proof(1, 17, member.siblings, c(LOW), marks=[i]), member.root,
             "Bits after the last are ignored.",
             "padding-unchecked" + (" padding-last-bit-only" if i != 23 else " padding-first-bit-only"))
    form("padding-of-nothing", LOW, proof(0, 17, nothing.siblings, marks=[20]), nothing.root,
         "Bits after the last are ignored.", "padding-unchecked padding-last-bit-only padding-first-bit-only")
    first = case_of("depth-1")
    form("padding-depth-1", K1, proof(1, 1, first.siblings, c(K1), marks=[1]), first.root,
         "Bits after the last are ignored.", "padding-unchecked padding-last-bit-only")
    form("padding-depth-271", LOW, proof(1, 271, case_of("depth-271").siblings, c(LOW), marks=[271]),
         case_of("depth-271").root, "Bits after the last are ignored.",
         "padding-unchecked padding-first-byte")
    zeros = {3: ZERO, 16: leaf(c(HIGH))}
    form("zero-sibling", LOW, proof(1, 17, zeros, c(LOW)), member.root,
         "An empty sibling is written out.", "zero-sibling-accepted")
    form("zero-first-sibling", LOW, proof(1, 17, {0: ZERO, 16: leaf(c(HIGH))}, c(LOW)), member.root,
         "An empty sibling is written out.", "zero-sibling-accepted")
    form("zero-sibling-nothing", LOW, proof(0, 17, {15: ZERO, **nothing.siblings}), nothing.root,
         "An empty sibling is written out.", "zero-sibling-accepted")
    form("zero-last-sibling", K1, proof(1, 1, {0: ZERO}, c(K1)), up(leaf(c(K1)), K1, 1, {}),
         "A last sibling is looked for by its mark.", "zero-last-sibling-accepted", "PRF-2 PRF-3")

    def standing(slug: str, asked: bytes, end: int, depth: int, siblings: Dict[int, bytes],
                 kills: str) -> None:
        entry = c(asked) if end == 1 else b""
        form(slug, asked, proof(end, depth, siblings, entry),
             up(leaf(entry) if end == 1 else ZERO, asked, depth, siblings),
             "A subtree stands lower than it can.", kills, "PRF-3")

    standing("last-sibling-empty", LOW, 1, 18, {16: leaf(c(HIGH))}, "last-sibling-unchecked")
    standing("last-sibling-empty-nothing", LOW, 0, 18, nothing.siblings,
             "last-sibling-unchecked last-sibling-of-nothing-unchecked")
    standing("last-sibling-empty-depth-1", K1, 1, 1, {},
             "last-sibling-unchecked last-sibling-if-any")
    standing("last-sibling-empty-depth-1-nothing", K1, 0, 1, {},
             "last-sibling-unchecked last-sibling-of-nothing-unchecked last-sibling-if-any")
    standing("last-sibling-empty-depth-8", K1, 1, 8, {6: same(0xA6)}, "last-sibling-unchecked")
    standing("last-sibling-empty-depth-272", K1, 1, 272, {270: same(0xA0)}, "last-sibling-unchecked")
    standing("no-sibling-depth-272", K1, 1, 272, {}, "last-sibling-unchecked last-sibling-if-any")

    def entry(slug: str, made: bytes, code: str, clauses: str, kind: str = "content",
              kills: str = "entry-form-is-of-proof") -> None:
        refuse(slug, {"kind": kind, "root": up(leaf(made), LOW, 17, member.siblings).hex(), "key": LOW.hex(),
                      "proof": proof(1, 17, member.siblings, made).hex()}, code, f"PRF-1 {clauses}",
               "The entry of a proof is hashed and not decoded.", kills)

    entry("entry-form", content_bytes(LOW, tag=1), "ENTRY.FORM", "ENT-4")
    entry("entry-state-form", state_bytes(LOW, tombstones=[2, 1]), "ENTRY.FORM", "ENT-4", "state")
    entry("entry-says-nothing", gone_bytes(LOW), "ENTRY.FORM", "ENT-4", "state")
    entry("entry-hash-id", c(key(digest_of(), 0)), "CORE.HASH_ID", "ENT-5", kills="entry-hash-id-unchecked")
    of_other = "entry-form-unchecked entry-form-is-of-proof"
    entry("entry-form-of-other", content_bytes(NEAR, tag=1), "ENTRY.FORM", "ENT-4", kills=of_other)
    entry("entry-state-form-of-other", state_bytes(NEAR, tombstones=[2, 1]), "ENTRY.FORM", "ENT-4", "state",
          of_other)
    entry("entry-says-nothing-of-other", gone_bytes(NEAR), "ENTRY.FORM", "ENT-4", "state", of_other)
    entry("entry-state-truncated", state_bytes(LOW, count=1), "ENTRY.TRUNCATED", "ENT-3", "state",
          "entry-end-is-of-proof")
    return g


def verify_order() -> Group:
    g = SnapshotGroup("trie.verify-order", "trie.verify")
    member = case_of("depth-17")

    def order(slug: str, made: bytes, code: str, clauses: str, why: str, kills: str, asked: bytes = LOW,
              root: bytes = member.root) -> None:
        g.reject(f"order-{slug}", {"kind": "content", "root": root.hex(), "key": asked.hex(),
                                   "proof": describe(made)}, code, clauses=clauses, why=why, kills=kills)

    order("end-before-depth", b"\2", "ENTRY_PROOF.FORM", "PRF-1 PRF-2",
          "The end is checked after the depth is there.", "end-after-depth end-unchecked")
    order("depth-before-marks", proof(1, 273, {}, width=0), "ENTRY_PROOF.FORM", "PRF-1 PRF-2",
          "The depth is checked after siblings_present is there.", "depth-after-marks depth-unchecked")
    order("padding-before-siblings", proof(1, 17, {}, marks=[16, 17]), "ENTRY_PROOF.FORM", "PRF-1 PRF-2",
          "The bits after the last are checked after the siblings are there.",
          "padding-after-siblings padding-unchecked")
    order("padding-before-last-sibling", proof(1, 17, {}, marks=[0, 17]), "ENTRY_PROOF.FORM", "PRF-1 PRF-2",
          "The bits after the last are checked after the siblings are there.",
          "padding-after-siblings padding-unchecked")
    order("zero-sibling-before-entry", proof(1, 17, {3: ZERO, 16: leaf(c(HIGH))}), "ENTRY_PROOF.FORM",
          "PRF-1 PRF-2", "The siblings are checked after the entry.",
          "siblings-after-entry zero-sibling-accepted")
    order("last-sibling-before-entry", proof(1, 18, {16: leaf(c(HIGH))}), "ENTRY_PROOF.FORM", "PRF-1 PRF-3",
          "The last sibling is checked after the entry.", "last-sibling-after-entry last-sibling-unchecked")
    order("last-sibling-before-entry-form", proof(1, 18, {16: leaf(c(HIGH))},
                                                  content_bytes(LOW, has_tag=2, tag=1)),
          "ENTRY_PROOF.FORM", "PRF-1 PRF-3",
          "The last sibling is checked after the entry.", "last-sibling-after-entry last-sibling-unchecked")
    order("last-sibling-before-trailing", proof(0, 18, {16: leaf(c(HIGH))}) + b"\0",
          "ENTRY_PROOF.FORM", "PRF-1 PRF-3",
          "The end of a proof is looked for before its form.", "last-sibling-last last-sibling-unchecked")
    order("entry-before-trailing", proof(1, 17, member.siblings,
                                         content_bytes(LOW, has_tag=2, tag=1)) + b"\0",
          "ENTRY.FORM", "PRF-1 ENT-4", "The length of a proof is checked before its entry.",
          "trailing-before-entry entry-form-unchecked")
    order("trailing-before-key", member.proof + b"\0", "ENTRY_PROOF.TRAILING", "PRF-1 PRF-4",
          "The key is compared before the proof was read.", "trailing-last trailing-ignored", asked=HIGH)
    order("trailing-before-root", member.proof + b"\0", "ENTRY_PROOF.TRAILING", "PRF-1 PRF-5",
          "The root is compared before the proof was read.", "trailing-last trailing-ignored",
          root=same(0xEE))
    order("last-sibling-before-key", proof(1, 18, {16: leaf(c(HIGH))}, c(LOW)), "ENTRY_PROOF.FORM",
          "PRF-3 PRF-4",
          "The key is compared before the form.", "last-sibling-last last-sibling-unchecked", asked=HIGH)
    order("last-sibling-before-root", proof(1, 18, {16: leaf(c(HIGH))}, c(LOW)), "ENTRY_PROOF.FORM",
          "PRF-3 PRF-5", "The root is compared before the form.", "last-sibling-last last-sibling-unchecked")
    order("key-before-root", member.proof, "ENTRY_PROOF.KEY", "PRF-4 PRF-5",
          "The root is compared before the key.", "key-unchecked key-after-root", asked=HIGH, root=same(0xEE))
    return g


def verify_refused() -> Group:
    g = SnapshotGroup("trie.verify-refused", "trie.verify")
    member, deep = case_of("depth-17"), case_of("depth-18-two-siblings")

    def wrong_key(slug: str, case: Case, asked: bytes, kills: str, root: Optional[bytes] = None) -> None:
        g.reject(f"key-{slug}", verify_input(case, key=asked, root=case.root if root is None else root),
                 "ENTRY_PROOF.KEY", clauses="PRF-4",
                 why="The path of another key is taken to show that a key has no entry.",
                 kills="key-unchecked path-of-entry " + kills)

    wrong_key("of-sibling", member, HIGH, "key-one-bit-less")
    wrong_key("above-path", case_of("depth-17-one"), LOW, "key-one-bit-less")
    wrong_key("first-bit-of-path", deep, HIGH_NEAR, "key-last-bit-only")
    wrong_key("last-bit-of-path", deep, LOW, "key-one-bit-less")
    wrong_key("other-hash-function", case_of("depth-15"), OTHER, "key-one-bit-less key-by-digest")
    wrong_key("first-bit", member, key(digest_of(), 2), "key-by-digest")
    wrong_key("last-bit", case_of("depth-272"), LOW, "key-one-bit-less key-256-bits")
    wrong_key("last-bit-but-one", case_of("depth-271"), LAST_BUT_ONE, "key-one-bit-less key-256-bits")
    wrong_key("whole-bytes", member, HIGH_LAST, "key-whole-bytes")
    # The hash is right for the path of the key: only the entry cannot stand there.
    wrong_key("hashed-for-key", member, HIGH, "key-one-bit-less", up(leaf(c(LOW)), HIGH, 17, member.siblings))

    def wrong(slug: str, given: Json, why: str, kills: str) -> None:
        g.reject(slug, given, "ENTRY_PROOF.ROOT", clauses="PRF-5", why=why, kills="root-unchecked " + kills)

    def made(slug: str, case: Case, data: bytes, why: str, kills: str = "") -> None:
        wrong(slug, verify_input(case, proof=data), why, kills)

    wrong("root-first-bit", verify_input(member, root=bytes([member.root[0] ^ 0x80]) + member.root[1:]),
          "Only the end of the root is compared.", "root-suffix")
    wrong("root-last-bit", verify_input(member, root=member.root[:-1] + bytes([member.root[-1] ^ 1])),
          "Only the beginning of the root is compared.", "root-prefix")
    wrong("root-zero", verify_input(member, root=ZERO), "The root of the empty trie is taken for any root.",
          "root-zero-accepted")
    wrong("root-zero-one", verify_input(case_of("one"),
                                        root=ZERO), "The root of the empty trie is taken for any root.",
          "root-zero-accepted")
    wrong("root-of-leaf", verify_input(member,
                                       root=leaf(c(LOW))), "The hash of the end is compared with the root.",
          "root-of-end")
    wrong("root-of-last-node", verify_input(member, root=node(leaf(c(LOW)), leaf(c(HIGH)))),
          "Empty siblings are passed over.", "empty-sibling-passed")
    made("entry-replaced", member, proof(1, 17, member.siblings, c(LOW, 6)), "The entry is not hashed.")
    made("entry-tagged", member, proof(1, 17, member.siblings, content_bytes(LOW, 1)),
         "The entry is not hashed as it stands.", "entry-normalized")
    made("entry-of-other-key", case_of("depth-17-other"), proof(1, 17, member.siblings, c(LAST_BIT)),
         "The entry of another key is not hashed.", "other-unhashed")
    made("entry-of-asked-key", case_of("depth-17-other"), proof(1, 17, member.siblings, c(NEAR)),
         "The key of the entry is taken to be the one asked for.")
    made("siblings-swapped", deep, proof(1, 18, {16: deep.siblings[17], 17: deep.siblings[16]}, c(NEAR)),
         "Siblings are a set.", "siblings-any-order")
    made("sibling-replaced", member, proof(1, 17, {16: same(0xA0)}, c(LOW)), "Siblings are not hashed.")
    made("sibling-dropped", deep, proof(1, 18, {17: deep.siblings[17]}, c(NEAR)), "A sibling is left out.")
    made("sibling-added", member, proof(1, 17, {3: same(0xA0), **member.siblings}, c(LOW)),
         "A sibling is added.")
    made("sibling-elsewhere", deep, proof(1, 18, {15: deep.siblings[16], 17: deep.siblings[17]}, c(NEAR)),
         "Empty siblings are passed over.")
    made("member-shown-absent", member, proof(0, 17, member.siblings), "The end is not hashed.")
    made("member-shown-absent-at-depth-0", case_of("one"), proof(0, 0, {}),
         "Nothing at depth 0 is taken for any trie.", "depth-zero-absent")
    made("deep-member-shown-absent-at-depth-0", member, proof(0, 0, {}),
         "Nothing at depth 0 is taken for any trie.", "depth-zero-absent")
    made("absent-shown-by-too-short-path", deep, proof(0, 17, {16: deep.siblings[16]}),
         "A subtree of entries is taken for an empty one.")
    made("member-at-depth-0", member, proof(1, 0, {}, c(LOW)), "An entry alone is taken for any trie.",
         "depth-zero-entry")
    made("one-level-short", deep, proof(1, 17, {16: deep.siblings[16]}, c(NEAR)), "A path is cut.")
    made("node-for-leaf", case_of("depth-271-nothing"), proof(1, 271, case_of("depth-271-nothing").siblings,
                                                              c(LAST_BUT_ONE)),
         "An entry is put where there is none.")
    wrong("absent-key-elsewhere", verify_input(case_of("depth-17-nothing"), key=HIGH),
          "The path is not that of the key.", "path-of-proof")
    empty = case_of("empty")
    made("empty-trie-with-entry", empty, proof(1, 0, {}, c(K1)), "The empty trie has any entry.",
         "root-zero-accepted")
    return g


# Roots of a state

SECRET = bytes(range(32))
MIXED = (
    # published, internal, unpublished, inadmissible though published, and three without a record
    (state(key(sha256(b"0")), publication=1, tag=7), True),
    (state(key(sha256(b"1"))), False),
    (state(key(sha256(b"2")), publication=2), False),
    (state(key(sha256(b"3")), publication=1, tombstones=[4, 9]), False),
    (gone(key(sha256(b"4")), publication=1), False),
    (gone(key(sha256(b"5")), tombstones=[5]), False),
    (gone(key(sha256(b"6"), 2), publication=2, tombstones=[6, 7]), False),
    (state(key(sha256(b"7"), 2), publication=1, origin=same(0xD1), source=same(0xD2), length=LAST), True),
    (state(key(sha256(b"8")), publication=1, length=0), True),
    (state(key(sha256(b"9")), tombstones=[8]), False),
)


def blind_of(position: int, secret: Optional[bytes]) -> bytes:
    if secret is None:
        return ZERO
    return hmac.new(secret, b"ASL/STATE/1" + le(position, 8), hashlib.sha256).digest()


def state_roots() -> Group:
    g = SnapshotGroup("state.roots", "state.roots")
    every = "ROOT-1 ROOT-2 ROOT-3 ROOT-4"

    def given(entries: Sequence[Json], position: int, secret: Optional[bytes]) -> Json:
        closed = {} if secret is None else {"secret": secret.hex()}
        return {"open": secret is None, **closed, "position": str(position), "entries": list(entries)}

    def ok(blind: bytes, all_entries: bytes, public: bytes, contents: bytes) -> Json:
        return {"blind": blind.hex(), "stateRoot": sha256(b"\2", blind, all_entries).hex(),
                "publicRoot": public.hex(), "contentRoot": contents.hex()}

    def one(slug: str, entry: Json, encoded: bytes, public: bool, contents: Optional[bytes], why: str,
            kills: str,
            clauses: str = every, position: int = 1, secret: Optional[bytes] = None) -> None:
        blind = blind_of(position, secret)
        g.ok(slug, "output", given([entry], position, secret),
             ok(blind, leaf(encoded), leaf(encoded) if public else ZERO,
                ZERO if contents is None else leaf(contents)),
             clauses=clauses, why=why, kills=kills)

    none = "state-root-plain empty-state-root-zero state-prefix-0 state-prefix-1 state-prefix-missing"
    for slug, position in (("0", 0), ("1", 1)):
        g.ok(f"empty-open-{slug}", "output", given([], position, None), ok(ZERO, ZERO, ZERO, ZERO),
             clauses=every,
             why="A state without entries has no root, or the hash of nothing.", kills=none)
    g.ok("empty-closed", "output", given([], 1, SECRET), ok(blind_of(1, SECRET), ZERO, ZERO, ZERO),
         clauses=every,
         why="The blind is left out, or stands after the root.",
         kills=f"{none} blind-after-root state-root-unblinded")
    one("internal", state(), state_bytes(), False, c(K1), "PublicRoot has every key with a record.",
        "public-of-all public-of-present public-of-untombstoned")
    one("published", state(publication=1), state_bytes(publication=1), True, c(K1),
        "PublicRoot is made over content entries, or is blinded.",
        "public-of-contents public-blinded content-of-states")
    one("published-closed", state(publication=1), state_bytes(publication=1), True, c(K1),
        "PublicRoot or ContentRoot is blinded.", "public-blinded content-blinded public-in-open-only",
        secret=SECRET)
    one("unpublished", state(publication=2), state_bytes(publication=2), False, c(K1),
        "Every publication but 0 is PUBLISH.", "public-of-unpublished content-of-published")
    one("published-tombstoned", state(publication=1, tombstones=[2]),
        state_bytes(publication=1, tombstones=[2]), False, c(K1),
        "A tombstone does not keep a key out of PublicRoot, or keeps it out of ContentRoot.",
        "public-of-tombstoned content-without-tombstoned content-of-published")
    one("published-without-record", gone(publication=1), gone_bytes(publication=1), False, None,
        "PublicRoot has a key without a record.", "public-of-absent content-of-absent state-of-present")
    one("tombstoned-without-record", gone(tombstones=[1]), gone_bytes(tombstones=[1]), False, None,
        "StateRoot is without the keys that have no record.", "state-of-present content-of-absent")
    one("tombstoned", state(tombstones=[1]), state_bytes(tombstones=[1]), False, c(K1),
        "StateRoot is without the keys that have a tombstone.",
        "state-without-tombstoned content-without-tombstoned")
    one("tagged", state(tag=0, publication=1), state_bytes(has_tag=1, publication=1), True,
        content_bytes(has_tag=1), "The tag is not of the content.", "content-untagged")
    origin = {"origin": same(0xD1), "source": same(0xD2)}
    one("from-elsewhere", state(publication=1, **origin), state_bytes(publication=1, **origin), True, c(K1),
        "Where a record is from is of its content, or is not of the state.",
        "content-of-states content-of-own")
    one("empty-artifact", state(length=0, publication=1), state_bytes(length=0, publication=1), True,
        c(K1, 0), "The empty artifact has no content.", "content-without-empty")
    for slug, position in (("256", 256), ("past-2-53", PAST_SAFE), ("greatest", LAST)):
        kills = {"256": "blind-position-big-endian", "greatest": "blind-position-u32",
                 "past-2-53": "blind-position-big-endian blind-position-u32 blind-position-float"}
        one(f"closed-at-{slug}", state(), state_bytes(), False, c(K1), "The position is written otherwise.",
            kills[slug], "ROOT-3 ROOT-4", position, SECRET)
    one("other-secret", state(), state_bytes(), False, c(K1), "The blind does not depend on the secret.",
        "blind-hash-of-secret blind-message-as-key blind-of-empty-key", "ROOT-3 ROOT-4", 1, same(0xFF))
    one("zero-secret", state(), state_bytes(), False, c(K1),
        "A secret of zeros is taken for that of an open domain.",
        "blind-zero-secret blind-hash-of-secret", "ROOT-3 ROOT-4", 1, ZERO)
    one("closed", state(), state_bytes(), False, c(K1), "The blind is made otherwise.",
        "blind-without-tag blind-without-position blind-other-tag blind-hash-of-secret blind-message-as-key "
        "blind-after-root state-root-unblinded", "ROOT-3 ROOT-4", 1, SECRET)
    g.ok("open-with-secret", "output", {"open": True, "secret": SECRET.hex(), "position": "1",
                                        "entries": [state()]},
         ok(ZERO, leaf(state_bytes()), ZERO, leaf(c(K1))), clauses="ROOT-4 DOM-SEC-2",
         why="A secret that is handed over in an open domain is used.", kills="blind-in-open-with-secret")
    one("open-at-greatest", state(), state_bytes(), False, c(K1),
        "An open domain has a blind of the position.", "blind-of-position-in-open", "ROOT-4 ROOT-3", LAST)
    pair = [state(HIGH, publication=1), state(LOW)]
    states = pair_root(state_bytes(LOW), state_bytes(HIGH, publication=1), 16)
    g.ok("two", "output", given(pair, 9, SECRET),
         ok(blind_of(9, SECRET), states, leaf(state_bytes(HIGH, publication=1)),
            pair_root(c(LOW), c(HIGH), 16)),
         clauses=every, why="A root is made over the entries of another one.",
         kills="public-of-all content-of-published content-of-states blind-after-root state-root-unblinded")
    entries = [entry for entry, _ in MIXED]
    mixed = ("public-of-all public-of-tombstoned public-of-absent public-of-unpublished content-of-absent "
             "content-without-tombstoned state-of-present")
    g.ok("mixed-open", "output", given(entries, 9, None), clauses=every,
         why="A root is made over the entries of another one.", kills=mixed)
    g.ok("mixed-closed", "output", given(entries[::-1], 9, SECRET), clauses=every,
         why="A root is made over the entries of another one.", kills=mixed + " state-root-unblinded")
    public = [entry for entry, published in MIXED if published]
    g.ok("mixed-public-alone", "output", given(public, 9, SECRET), clauses="ROOT-2",
         why="PublicRoot depends on what is not public.", kills="public-of-contents public-blinded")
    return g


def roots_refused() -> Group:
    g = SnapshotGroup("state.roots-refused", "state.roots")
    for slug, entries in (("two-states", [state(), state(publication=1)]),
                          ("record-and-none", [gone(publication=1), state()])):
        g.reject(slug, {"open": True, "position": "3", "entries": entries}, "IDX.DUPLICATE",
                 clauses="TRIE-3 ROOT-3",
                 why="The entry of a key is the last one.", kills="duplicate-unchecked")
    return g


# Policy table

TableRow = Tuple[bytes, Sequence[int], Optional[Tuple[bool, int]]]


def row(reference: bytes, tombstones: Sequence[int] = (), published: Optional[bool] = None,
        logseq: int = 0) -> TableRow:
    return reference, tombstones, None if published is None else (published, logseq)


def row_json(given: TableRow) -> Json:
    reference, tombstones, publication = given
    out: Json = {"key": reference.hex(), "tombstones": [str(logseq) for logseq in tombstones]}
    if publication is not None:
        out["publication"] = {"published": publication[0], "logseq": str(publication[1])}
    return out


class Table:
    """A policy table file made field by field, right or wrong: what is not given follows from the rows."""

    def __init__(self, *rows: TableRow, logseqs: Optional[Sequence[int]] = None,
                 pairs: Optional[Sequence[Tuple[int, int]]] = None, **header: Any) -> None:
        self.rows, self.header = rows, header
        own = [(logseq, i) for i, (_, tombstones, _) in enumerate(rows) for logseq in tombstones]
        self.logseqs = [logseq for logseq, _ in own] if logseqs is None else logseqs
        self.pairs = sorted(own) if pairs is None else pairs

    def data(self) -> bytes:
        h = {"magic": b"ASLPOL01", "version": 1, "header_size": 64, "flags": 0, "rows": len(self.rows),
             "tombstones": len(self.logseqs), "reserved": bytes(24), **self.header}
        out = (h["magic"] + le(h["version"], 4) + le(h["header_size"], 4) + le(h["flags"], 8)
               + le(h["rows"], 8) + le(h["tombstones"], 8) + h["reserved"])
        first = 0
        for reference, tombstones, publication in self.rows:
            byte, logseq = (0, 0) if publication is None else (1 if publication[0] else 2, publication[1])
            out += reference + bytes([byte, 0]) + le(len(tombstones), 4) + le(first, 8) + le(logseq, 8)
            first += len(tombstones)
        out += b"".join(le(logseq, 8) for logseq in self.logseqs)
        return out + b"".join(le(logseq, 8) + le(i, 8) for logseq, i in self.pairs)


def tree(data: bytes) -> bytes:
    """The root of RFC 6962 over pages; a level at a time, an odd one goes up as it is."""
    level = [leaf(data[at : at + 4096]) for at in range(0, len(data), 4096)]
    while len(level) > 1:
        level = [node(*level[i : i + 2]) if i + 1 < len(level) else level[i] for i in range(0, len(level), 2)]
    return level[0]


def paged(count: int) -> Sequence[TableRow]:
    """A table with so many tombstones; with 161 it fills a page."""
    return row(K1, range(1, count + 1)), row(K2, (), True, 9), row(K3, (), False, 8)


SMALL = (row(K1, [3], True, 2), row(K2, [1, 5], False, 4), row(K3, [], True, 6))
# slug, rows, clauses, why, kills of an encoder, kills of a decoder
TABLES: Sequence[Tuple[str, Sequence[TableRow], str, str, str, str]] = (
    ("empty", (), "PTB-1", "A policy without rows has no file, or one without a header.",
     "empty-has-no-bytes integers-big-endian", "empty-refused integers-big-endian"),
    ("tombstone", [row(K1, [1])], "PTB-1", "A row without a publication is left out.",
     "unpublished-row-dropped integers-big-endian pairs-left-out publication-never-is-unpublished",
     "integers-big-endian publication-required"),
    ("published", [row(K1, [], True, 1)], "PTB-1", "A row without tombstones is left out.",
     "untombstoned-row-dropped publication-swapped publication-logseq-dropped",
     "tombstone-required publication-swapped"),
    ("unpublished", [row(K1, [], False, 2)], "PTB-1", "A key that was unpublished is left out.",
     "unpublished-is-never publication-swapped", "unpublished-is-never publication-swapped"),
    ("two-tombstones", [row(K1, [1, 2])], "PTB-1", "Only one tombstone of a key is kept.",
     "tombstone-last-only pairs-left-out row-counts-swapped", "pairs-once-a-row"),
    ("small", SMALL, "PTB-1", "A field stands elsewhere, or the pairs are in the order of the rows.",
     "integers-big-endian first-tombstone-zero first-tombstone-in-bytes pairs-in-row-order pairs-swapped "
     "ordinals-from-one logseqs-after-pairs",
     "integers-big-endian pairs-in-row-order pairs-swapped first-tombstone-in-bytes"),
    ("order-9-10", [row(K1, [10]), row(K2, [9])], "PTB-1 PTB-12", "Logseqs are ordered as texts.",
     "pairs-as-text pairs-in-row-order", "pairs-as-text pairs-in-row-order"),
    ("order-255-256", [row(K1, [255]), row(K2, [256])], "PTB-1 PTB-12",
     "Logseqs are ordered by their bytes as they stand.", "pairs-by-bytes", "pairs-by-bytes"),
    ("order-of-one-row", [row(K1, [9, 10, 255, 256])], "PTB-1 PTB-10",
     "Logseqs are ordered as texts or by their bytes.", "pairs-as-text pairs-by-bytes",
     "tombstones-as-text tombstones-by-bytes"),
    ("around-2-32", [row(K1, [U32, 2**32 + 1]), row(K2, [2**32])], "PTB-1 PTB-12",
     "Half of a logseq is compared.", "pairs-low-half", "pairs-low-half tombstones-low-half"),
    ("around-2-53", [row(K1, [2**53], True, PAST_SAFE), row(K2, [PAST_SAFE + 1])], "PTB-1",
     "Logseqs are floating-point numbers.", "logseqs-float", "logseqs-float"),
    ("around-2-63", [row(K1, [2**63 - 1, 2**63]), row(K2, [], False, 2**63)], "PTB-1 PTB-10 PTB-12",
     "Logseqs are signed numbers.", "pairs-signed", "tombstones-signed pairs-signed publication-signed"),
    ("greatest", [row(K1, [LAST], False, LAST)], "PTB-1", "The greatest logseq is refused.", "logseqs-float",
     "publication-signed tombstones-signed"),
    ("publications-of-one-record", [row(K1, [], True, 7), row(K2, [], True, 7)], "PTB-1",
     "Two rows have one publication.", "publications-once", "publication-logseqs-unique"),
    ("hash-functions", [row(key(same(0x22)), [], True, 1), row(key(same(0x11), 2), [], True, 2)],
     "PTB-1 PTB-8 PTB-9", "Keys are ordered by their digests, or one hash function is refused.",
     "hash-id-dropped order-by-digest", "order-by-digest hash-id-sha256-only"),
    ("same-digest", [row(K1, [], True, 1), row(key(same(0x11), 2), [], True, 1)], "PTB-1 PTB-9",
     "Keys are their digests.", "hash-id-dropped", "order-by-digest"),
    ("order-unsigned", [row(key(same(0x7F)), [], True, 1), row(key(same(0x80)), [], True, 1)], "PTB-1 PTB-9",
     "Bytes are compared as signed.", "order-signed", "order-signed"),
    ("order-last-byte", [row(key(same(0x11)[:-1] + b"\1"), [], True, 1),
                         row(key(same(0x11)[:-1] + b"\2"), [], True, 1)],
     "PTB-1 PTB-9", "Keys are compared by their first bytes.", "integers-big-endian", "order-prefix"),
    ("tombstones-interleaved", [row(K1, [1, 4, 7]), row(K2, [2, 5, 8]), row(K3, [3, 6, 9])], "PTB-1 PTB-12",
     "The pairs are in the order of the rows.", "pairs-in-row-order ordinals-from-one first-tombstone-zero",
     "pairs-in-row-order pairs-swapped"),
    ("tombstones-300", [row(K1, range(2, 602, 2)), row(K2, [1])], "PTB-1 PTB-10",
     "The count of a row has one byte.", "row-tombstones-u8 pairs-in-row-order",
     "row-tombstones-u8 pairs-in-row-order"),
    ("page-less-one-tombstone", paged(160), "PTB-1 PTB-2", "The hash is over the file at once.",
     "hash-flat hash-without-prefix hash-padded", "first-tombstone-in-bytes"),
    ("one-page", paged(161), "PTB-1 PTB-2", "A whole page is followed by an empty one.",
     "hash-flat hash-empty-last-page hash-without-prefix", "first-tombstone-in-bytes"),
    ("one-page-and-a-tombstone", paged(162), "PTB-1 PTB-2", "The second page is filled up, or left out.",
     "hash-padded hash-first-page hash-node-without-prefix hash-flat hash-swapped",
     "first-tombstone-in-bytes"),
    ("three-pages", paged(400), "PTB-1 PTB-2", "An odd page is doubled.",
     "hash-odd-doubled hash-first-page hash-split-in-half hash-swapped", "row-tombstones-u8"),
    ("five-pages", paged(720), "PTB-1 PTB-2", "The pages are split in the middle.",
     "hash-odd-doubled hash-split-in-half hash-split-in-half-up", "row-tombstones-u8"),
)


def table_encode() -> Group:
    g = SnapshotGroup("policy-table.encode", "policyTable.encode")
    for slug, rows, clauses, why, kills, _ in TABLES:
        data = Table(*rows).data()
        g.ok(slug, "roundtrip", {"rows": [row_json(given) for given in rows]},
             {"bytes": describe(data),
              "hash": tree(data).hex()}, clauses=clauses + ("" if "PTB-2" in clauses else " PTB-2"),
             why=why, kills=kills)
    return g


def table_decode() -> Group:
    g = SnapshotGroup("policy-table.decode", "policyTable.decode")
    for slug, rows, clauses, why, _, kills in TABLES:
        g.ok(slug, "roundtrip", {"bytes": describe(Table(*rows).data())},
             {"rows": [row_json(given) for given in rows]},
             clauses=f"{clauses} PTB-3 PTB-4 PTB-5 PTB-6 PTB-7 PTB-8 PTB-9 PTB-10 PTB-11 PTB-12", why=why,
             kills=kills)

    def read(slug: str, rows: Sequence[TableRow], clauses: str, why: str, kills: str, hashed: bool = True,
             position: Optional[int] = None) -> None:
        data = Table(*rows).data()
        given: Json = {"bytes": describe(data)}
        if hashed:
            given["hash"] = tree(data).hex()
        if position is not None:
            given["position"] = str(position)
        g.ok(slug, "output", given, {"rows": [row_json(each) for each in rows]}, clauses=clauses, why=why,
             kills=kills)

    read("named-empty", (), "PTB-2 PTB-1", "The hash is over the file at once.",
         "hash-flat hash-without-prefix hash-padded")
    read("named-small", SMALL, "PTB-2", "The hash is over the file at once.",
         "hash-flat hash-without-prefix hash-padded")
    read("named-three-pages", paged(400), "PTB-2", "An odd page is doubled.",
         "hash-odd-doubled hash-split-in-half hash-node-without-prefix hash-swapped")
    read("named-five-pages", paged(720), "PTB-2", "The pages are split in the middle.",
         "hash-odd-doubled hash-split-in-half hash-split-in-half-up")
    read("position-of-publication", [row(K1, [1], True, 2)], "PTB-13", "A logseq at the position is refused.",
         "position-exclusive", False, 2)
    read("position-of-tombstone", [row(K1, [1, 2], True, 1)], "PTB-13",
         "A logseq at the position is refused.", "position-exclusive", True, 2)
    read("position-empty", (), "PTB-13", "A table without rows has no position.", "position-zero-refused",
         True, 0)
    read("position-later", SMALL, "PTB-13", "The position has to be a logseq of the table.",
         "position-has-to-stand",
         True, 100)
    read("position-10", [row(K1, [9], False, 10)], "PTB-13", "Logseqs are compared as texts.",
         "position-as-text", False, 10)
    read("position-256", [row(K1, [255], False, 2)], "PTB-13", "The position is compared by its bytes.",
         "position-by-bytes", False, 256)
    read("position-greatest", [row(K1, [LAST], False, LAST)], "PTB-13",
         "The position is signed, or exclusive.", "position-signed position-exclusive", False, LAST)
    read("position-past-2-32", [row(K1, [U32], False, 2**32)], "PTB-13", "Half of the position is read.",
         "position-u32", False, 2**32)
    return g


def table_refused_file() -> Group:
    g = SnapshotGroup("policy-table.decode-refused-file", "policyTable.decode")
    small = Table(*SMALL).data()

    def refuse(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str,
               named: Optional[bytes] = None) -> None:
        name = tree(data) if named is None else named
        g.reject(slug, {"bytes": describe(data), "hash": name.hex()},
                 f"POLICY.{code}", clauses=clauses, why=why, kills=kills)

    def digest(slug: str, data: bytes, named: bytes, why: str, kills: str, clauses: str = "PTB-2") -> None:
        refuse(slug, data, "DIGEST", clauses, why, "digest-unchecked " + kills, named)

    right = tree(small)
    digest("digest-first-bit", small, bytes([right[0] ^ 0x80]) + right[1:],
           "Only the end of the hash is compared.", "digest-suffix")
    digest("digest-last-bit", small, right[:-1] + bytes([right[-1] ^ 1]),
           "Only the beginning of the hash is compared.", "digest-prefix")
    digest("digest-zero", small, ZERO, "No hash is taken for any hash.", "digest-zero-accepted")
    digest("digest-flat", small, sha256(small), "The hash is over the file at once.", "hash-flat")
    digest("digest-padded", small, leaf(small.ljust(4096, b"\0")), "The last page is filled up.",
           "hash-padded")
    long = Table(*paged(400)).data()
    pages = [leaf(long[at : at + 4096]) for at in range(0, len(long), 4096)]
    digest("digest-odd-doubled", long, node(node(pages[0], pages[1]), node(pages[2], pages[2])),
           "An odd page is doubled.", "hash-odd-doubled")
    digest("digest-split-in-half", long, node(pages[0], node(pages[1], pages[2])),
           "The pages are split in the middle.", "hash-split-in-half")
    digest("digest-of-other-table", Table(*SMALL[:2]).data(), right, "The hash is not compared.", "")
    digest("digest-last-page", change(long, len(long) - 1, b"\1"), tree(long), "The hash is not compared.",
           "")
    digest("digest-of-first-page", long, pages[0], "Only the first page is hashed.", "hash-first-page")
    digest("order-digest-before-truncated", small[:63], right, "The form is looked at before the hash.",
           "digest-after-header", "PTB-2 PTB-3")
    digest("order-digest-before-magic", Table(*SMALL, magic=b"ASLPOL02").data(), right,
           "The form is looked at before the hash.", "digest-after-header", "PTB-2 PTB-4")
    digest("order-digest-before-rows", Table(row(K2, [1]), row(K1, [2])).data(), right,
           "The form is looked at before the hash.", "digest-after-rows", "PTB-2 PTB-9")

    for length in (1, 8, 63):
        refuse(f"length-{length}", Table().data()[:length], "TRUNCATED", "PTB-3",
               "A file that ends in the header is taken.", "truncated-accepted")
    g.reject("length-0", {"bytes": ""}, "POLICY.TRUNCATED", clauses="PTB-3 PTB-1",
             why="A file of no bytes is a policy without rows.", kills="truncated-accepted no-bytes-is-empty")
    refuse("magic-case", Table(magic=b"aSLPOL01").data(), "MAGIC", "PTB-4",
           "The magic is compared without case.", "magic-unchecked magic-any-case")
    refuse("magic-last-byte", Table(*SMALL, magic=b"ASLPOL02").data(), "MAGIC", "PTB-4",
           "Only a part of the magic is compared.", "magic-unchecked magic-prefix")
    refuse("magic-of-manifest", Table(*SMALL, magic=b"ASLMAN01").data(), "MAGIC", "PTB-4",
           "A file of another kind is read.", "magic-unchecked")
    for number in (0, 2, 257, 2**24):
        refuse(f"version-{number}", Table(*SMALL, version=number).data(), "VERSION", "PTB-5",
               "Another version is read as the first.",
               "version-unchecked" + (" version-u8" if number == 257 else "")
               + (" version-big-endian" if number == 2**24 else "")
               + (" version-at-least" if number > 1 else ""))
    for number in (0, 63, 65, 128, 64 + 2**16):
        refuse(f"header-size-{number}", Table(*SMALL, header_size=number).data(), "HEADER", "PTB-6",
               "The size is not looked at.",
               "header-size-unchecked" + (" header-size-at-least" if number > 64 else "")
               + (" header-size-u16" if number > 2**16 else ""))
    for bit in (0, 31, 32, 63):
        refuse(f"flags-2-{bit}", Table(*SMALL, flags=1 << bit).data(), "HEADER", "PTB-6",
               "A flag that is not known is ignored.",
               "flags-unchecked" + (" flags-u32" if bit >= 32 else ""))
    for at in (40, 47, 48, 63):
        refuse(f"reserved-{at}", change(small, at, b"\1"), "HEADER", "PTB-6", "A reserved byte is ignored.",
               "reserved-unchecked" + (" reserved-eight-bytes" if at >= 48 else ""))

    def length(slug: str, data: bytes, why: str, kills: str, clauses: str = "PTB-7") -> None:
        refuse(f"length-{slug}", data, "LENGTH", clauses, why, "length-unchecked " + kills)

    length("short", small[:-1], "A file that is too short is read.", "length-at-most")
    length("long", small + b"\0", "What follows the file is ignored.", "length-at-least")
    length("page-filled", small.ljust(4096, b"\0"), "The last page may be filled up.",
           "length-at-least length-padded")
    length("header-only", Table(rows=1).data(), "Rows that are not there are read as none.", "length-at-most")
    length("without-pairs", Table(row(K1, [1]), pairs=()).data(), "The pairs may be left out.",
           "length-without-pairs length-at-most")
    length("without-logseqs", Table(row(K1, [1]), logseqs=(), tombstones=1).data(),
           "The logseqs may be left out.", "length-at-most")
    length("rows-less-one", Table(*SMALL, rows=2).data(), "Rows that are not counted are ignored.",
           "length-at-least")
    length("rows-more-one", Table(*SMALL, rows=4).data(), "Rows that are counted and not there are read.",
           "length-at-most")
    length("tombstones-less-one", Table(*SMALL,
                                        tombstones=2).data(), "The tombstones are counted by the rows.",
           "length-by-rows length-at-least")
    length("tombstones-more-one", Table(*SMALL,
                                        tombstones=4).data(), "The tombstones are counted by the rows.",
           "length-by-rows length-at-most")
    length("rows-2-32", Table(rows=2**32).data(), "Four bytes of row_count are read.",
           "row-count-u32 length-at-most")
    length("tombstones-2-32", Table(tombstones=2**32).data(), "Four bytes of tombstone_count are read.",
           "tombstone-count-u32 length-at-most")
    length("rows-2-61", Table(rows=2**61).data(), "The length is computed in 64 bits.",
           "length-wraps-64 length-at-most")
    length("tombstones-2-61", Table(tombstones=2**61).data(), "The length is computed in 64 bits.",
           "length-wraps-64 length-at-most")
    length("rows-2-29", Table(rows=2**29).data(), "The length is computed in 32 bits.",
           "length-wraps-32 length-at-most")
    length("tombstones-2-29", Table(tombstones=2**29).data(), "The length is computed in 32 bits.",
           "length-wraps-32 length-at-most")
    length("rows-greatest", Table(rows=LAST).data(), "row_count is signed.", "length-at-most")
    length("both-greatest", Table(rows=LAST, tombstones=LAST).data(), "Counts are signed.", "length-at-most")
    length("rows-past-2-53", Table(rows=PAST_SAFE).data(), "row_count is a floating-point number.",
           "length-at-most")

    def order(slug: str, data: bytes, code: str, clauses: str, kills: str) -> None:
        refuse(f"order-{slug}", data, code, clauses, "The header is checked in another order.", kills)

    order("truncated-before-magic", b"ASLPOL02", "TRUNCATED", "PTB-3 PTB-4", "magic-first truncated-accepted")
    order("magic-before-version", Table(magic=b"ASLPOL02", version=2).data(), "MAGIC", "PTB-4 PTB-5",
          "version-first magic-unchecked")
    order("version-before-header-size", Table(version=2, header_size=128).data(), "VERSION", "PTB-5 PTB-6",
          "header-first version-unchecked")
    order("version-before-reserved", Table(version=2, reserved=same(1)[:24]).data(), "VERSION", "PTB-5 PTB-6",
          "header-first version-unchecked")
    order("version-before-length", Table(version=2).data() + b"\0", "VERSION", "PTB-5 PTB-7",
          "length-first version-unchecked")
    order("header-before-length", Table(flags=1, rows=1).data(), "HEADER", "PTB-6 PTB-7",
          "length-first flags-unchecked")
    order("reserved-before-length", Table(reserved=bytes(23) + b"\1", rows=1).data(), "HEADER", "PTB-6 PTB-7",
          "length-first reserved-unchecked")
    order("length-before-rows", Table(row(key(ZERO, 0), [1])).data() + b"\0", "LENGTH", "PTB-7 PTB-8",
          "length-last length-unchecked")
    return g


def table_refused_rows() -> Group:
    g = SnapshotGroup("policy-table.decode-refused-rows", "policyTable.decode")

    def refuse(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str,
               position: Optional[int] = None) -> None:
        at = {} if position is None else {"position": str(position)}
        g.reject(slug, {"bytes": describe(data), "hash": tree(data).hex(), **at},
                 code if "." in code else f"POLICY.{code}", clauses=clauses, why=why, kills=kills)

    for hash_id in HASH_IDS:
        refuse(f"hash-id-{hash_id}", Table(row(key(same(0x11), hash_id), [1])).data(), "CORE.HASH_ID",
               "PTB-8", "A hash_id that is not registered is taken, or read little-endian.",
               "hash-id-unchecked" + (" hash-id-little-endian" if hash_id == 0x0100 else ""))
    refuse("hash-id-of-last", Table(*SMALL, row(key(ZERO, 3), [9])).data(), "CORE.HASH_ID", "PTB-8",
           "Only the first key is looked at.", "hash-id-unchecked hash-id-first-only")

    def order(slug: str, references: Sequence[bytes], why: str, kills: str) -> None:
        rows = [row(reference, [i + 1]) for i, reference in enumerate(references)]
        refuse(slug, Table(*rows).data(), "ORDER", "PTB-9", why, "order-unchecked " + kills)

    order("keys-equal", [K1, K1], "A key has two rows.", "order-equal-accepted")
    order("keys-equal-at-end", [K1, K2, K2], "A key has two rows.", "order-equal-accepted order-first-pair")
    order("keys-descending", [K2, K1], "Keys stand in any order.", "")
    order("keys-last-descending", [K1, K3,
                                   K2], "Only the first two keys are compared, or each with the first.",
          "order-first-pair order-above-first")
    order("keys-by-digest", [key(same(0x11), 2), key(same(0x22))], "Keys are ordered by their digests.",
          "order-by-digest")
    order("keys-last-byte", [key(same(0x11)[:-1] + b"\2"), key(same(0x11)[:-1] + b"\1")],
          "Keys are compared by their first bytes.", "")
    order("keys-signed", [key(same(0x80)), key(same(0x7F))], "Bytes are compared as signed.", "order-signed")

    def wrong(slug: str, data: bytes, why: str, kills: str, clauses: str = "PTB-10") -> None:
        refuse(slug, data, "ROW", clauses, why, "row-unchecked " + kills)

    one, small = Table(row(K1, [1], True, 2)).data(), Table(*SMALL).data()
    for value in (3, 128, 255):
        wrong(f"publication-{value}", change(one, 64 + 34, bytes([value])), "Another publication is taken.",
              "publication-unchecked" + (" publication-byte-signed" if value > 127 else ""))
    wrong("reserved-1", change(one, 64 + 35, b"\1"), "The reserved byte of a row is ignored.",
          "row-reserved-unchecked")
    wrong("reserved-128", change(one, 64 + 35, b"\x80"), "The reserved byte of a row is ignored.",
          "row-reserved-unchecked")
    wrong("reserved-of-last", change(small, 64 + 2 * 56 + 35, b"\1"), "Only the first row is looked at.",
          "row-reserved-unchecked row-first-only")

    def first(slug: str, i: int, value: int, why: str, kills: str) -> None:
        wrong(f"first-tombstone-{slug}", change(small, 64 + 56 * i + 40, le(value, 8)), why, kills)

    first("of-first-1", 0, 1, "first_tombstone counts from 1.", "first-tombstone-unchecked")
    first("of-second-0", 1, 0, "first_tombstone is not looked at, or 0.",
          "first-tombstone-unchecked row-first-only")
    first("of-second-2", 1, 2, "first_tombstone is not looked at.",
          "first-tombstone-unchecked row-first-only")
    first("without-tombstones-0", 2, 0, "A row without tombstones has any first_tombstone.",
          "first-tombstone-of-none-unchecked first-tombstone-unchecked row-first-only")
    wrong("first-tombstone-in-bytes", change(Table(row(K1, [1]), row(K2, [2])).data(), 64 + 56 + 40,
                                             le(8, 8)),
          "first_tombstone is an offset.", "first-tombstone-unchecked first-tombstone-in-bytes")
    first("2-32", 1, 2**32 + 1, "Four bytes of first_tombstone are read.",
          "first-tombstone-unchecked first-tombstone-u32")
    wrong("publication-without-logseq", Table(row(K1, [1], True, 0)).data(), "A publication has no logseq.",
          "publication-logseq-unchecked publication-zero-logseq")
    wrong("unpublication-without-logseq", Table(row(K1, [1], False, 0)).data(),
          "A publication has no logseq.", "publication-logseq-unchecked publication-zero-logseq")
    wrong("logseq-without-publication", change(Table(row(K1, [1])).data(), 64 + 48, le(2, 8)),
          "A logseq without a publication is ignored.", "publication-logseq-unchecked stray-logseq-ignored")
    wrong("logseq-2-32-without-publication", change(Table(row(K1, [1])).data(), 64 + 48, le(2**32, 8)),
          "Four bytes of the logseq are looked at.",
          "publication-logseq-unchecked stray-logseq-ignored stray-logseq-u32")
    wrong("says-nothing", Table(row(K1)).data(), "A key without policy has a row.", "says-nothing-accepted")
    wrong("last-says-nothing", Table(row(K1, [1]), row(K2)).data(), "A key without policy has a row.",
          "says-nothing-accepted row-first-only")

    def tombstones(slug: str, logseqs: Sequence[int], why: str, kills: str) -> None:
        wrong(f"tombstones-{slug}", Table(row(K1, logseqs)).data(), why, "tombstones-unchecked " + kills)

    tombstones("zero", [0], "The logseq 0 is taken.", "tombstone-zero")
    tombstones("zero-and-one", [0, 1], "The logseq 0 is taken.", "tombstone-zero")
    tombstones("equal", [2, 2], "A tombstone stands twice.", "tombstones-equal")
    tombstones("descending", [2, 1], "Tombstones stand in any order.", "")
    tombstones("last-descending", [1, 3, 2], "Only the first two are compared.", "tombstones-first-pair")
    tombstones("text-order", [10, 9], "Logseqs are ordered as texts.", "tombstones-as-text")
    tombstones("byte-order", [256, 1], "Logseqs are compared by their bytes as they stand.",
               "tombstones-by-bytes")
    tombstones("low-half-order", [2**32 + 1, 2], "Half of a logseq is compared.", "tombstones-low-half")
    tombstones("signed-order", [LAST, 1], "Logseqs are compared as signed numbers.", "")
    wrong("tombstones-of-second-descending", Table(row(K1, [5]), row(K2, [4, 3])).data(),
          "Only the first row is looked at.", "tombstones-unchecked row-first-only")
    more = Table(row(K1, [1], True, 2), logseqs=(), pairs=()).data()
    wrong("tombstones-more-by-one", more, "Tombstones are read from what follows.",
          "more-tombstones-accepted")
    wrong("tombstones-more-than-there-are",
          change(change(small, 64 + 56 + 36, le(3, 4)), 64 + 2 * 56 + 40, le(4, 8)),
          "Pairs are read as tombstones.", "more-tombstones-accepted")
    wrong("tombstones-greatest", change(one, 64 + 36, le(U32, 4)), "The count is signed.",
          "more-tombstones-accepted")
    wrong("tombstones-2-16", change(one, 64 + 36, le(2**16 + 1, 4)), "Two bytes of the count are read.",
          "more-tombstones-accepted row-tombstones-u16")

    def unequal(slug: str, data: bytes, why: str, kills: str, clauses: str = "PTB-11") -> None:
        refuse(slug, data, "TOMBSTONES", clauses, why, "tombstones-of-no-row " + kills)

    unequal("tombstones-without-rows", Table(logseqs=[1], pairs=[(1, 0)]).data(), "Tombstones have no row.",
            "tombstones-unchecked-when-empty")
    unequal("tombstones-one-of-no-row", Table(row(K1, [1]), logseqs=[1, 2], pairs=[(1, 0), (2, 0)]).data(),
            "A tombstone is taken for one of the last row.", "last-row-has-the-rest")
    unequal("tombstones-zero-of-no-row", Table(row(K1, [1]), logseqs=[1, 0], pairs=[(0, 0), (1, 0)]).data(),
            "A tombstone that no row has is taken for padding.", "zero-tombstones-ignored")
    unequal("tombstones-for-rows", Table(rows=0, logseqs=range(1, 8),
                                         pairs=[(i, 0) for i in range(1, 8)]).data(),
            "The length is all that is compared.", "tombstones-unchecked-when-empty")

    def pairs(slug: str, rows: Sequence[TableRow], given: Sequence[Tuple[int, int]], why: str,
              kills: str) -> None:
        refuse(f"pairs-{slug}", Table(*rows, pairs=given).data(), "INDEX", "PTB-12", why,
               "pairs-unchecked " + kills)

    two = (row(K1, [2]), row(K2, [1]))
    pairs("in-row-order", two, [(2, 0), (1, 1)], "Pairs stand in the order of the rows.",
          "pairs-any-order pairs-in-row-order")
    pairs("swapped", two, [(1, 0), (2, 1)], "The ordinals are not looked at.", "ordinals-unchecked")
    pairs("members-swapped", (row(K1, [1]), row(K2, [2])), [(0, 1), (1, 2)],
          "The ordinal stands before the logseq.", "pairs-swapped")
    pairs("ordinals-from-one", two, [(1, 2), (2, 1)], "Ordinals begin at 1.",
          "ordinals-unchecked ordinals-from-one")
    pairs("ordinal-beyond", two, [(1, 1), (2, 2)], "The ordinals are not looked at.", "ordinals-unchecked")
    pairs("ordinal-2-32", two, [(1, 2**32 + 1), (2, 0)], "Four bytes of an ordinal are read.",
          "ordinals-unchecked ordinals-u32")
    pairs("ordinal-2-63", two, [(1, 2**63 + 1), (2, 0)], "The first bit of an ordinal is dropped.",
          "ordinals-unchecked ordinals-u32")
    pairs("logseq-other", two, [(1, 1), (3, 0)], "The logseqs are not looked at.", "pairs-logseqs-unchecked")
    pairs("logseq-2-32", two, [(1, 1), (2**32 + 2, 0)], "Four bytes of a logseq are read.",
          "pairs-logseqs-unchecked pairs-logseqs-u32")
    pairs("repeated", two, [(1, 1), (1, 1)], "One pair for each that is there is enough.", "pairs-subset")
    pairs("last-repeated", (row(K1, [1, 2]),), [(2, 0), (2, 0)], "One pair for each that is there is enough.",
          "pairs-subset pairs-logseqs-unchecked")
    pairs("zero", two, [(0, 0), (0, 0)], "Pairs of zeros are taken for none.", "pairs-zero-accepted")
    pairs("text-order", (row(K1, [9, 10]),), [(10, 0), (9, 0)], "Logseqs are ordered as texts.",
          "pairs-as-text pairs-any-order")
    pairs("byte-order", (row(K1, [1, 256]),), [(256, 0), (1, 0)], "Logseqs are ordered by their bytes.",
          "pairs-by-bytes pairs-any-order")
    pairs("signed-order", (row(K1, [1, LAST]),), [(LAST, 0), (1, 0)],
          "Logseqs are ordered as signed numbers.", "pairs-signed pairs-any-order")
    pairs("low-half-order", (row(K1, [1, 2**32]),), [(2**32, 0), (1, 0)], "Half of a logseq is compared.",
          "pairs-low-half pairs-any-order")
    pairs("same-logseq", (row(K1, [5]), row(K2, [5])), [(5, 0), (5, 1)], "Two keys have one tombstone.",
          "pairs-equal-accepted")
    pairs("same-logseq-later", (row(K1, [1, 5]), row(K2, [5, 6])), [(1, 0), (5, 0), (5, 1), (6, 1)],
          "Two keys have one tombstone.", "pairs-equal-accepted")

    def beyond(slug: str, rows: Sequence[TableRow], position: int, why: str, kills: str) -> None:
        refuse(f"position-{slug}", Table(*rows).data(), "POSITION", "PTB-13", why,
               "position-unchecked " + kills,
               position)

    beyond("tombstone-above", [row(K1, [3], True, 1)], 2, "Only publications are compared.",
           "position-of-publications")
    beyond("publication-above", [row(K1, [1], True, 3)], 2, "Only tombstones are compared.",
           "position-of-tombstones")
    beyond("unpublication-above", [row(K1, [1], False, 3)], 2, "Only tombstones and PUBLISH are compared.",
           "position-of-tombstones position-of-published")
    beyond("last-tombstone-above", [row(K1, [1, 3]), row(K2, [2])], 2,
           "Only the first tombstone is compared.", "position-of-publications position-of-first-tombstone")
    beyond("tombstone-of-first-row-above", [row(K1, [3]), row(K2, [1, 2])], 2,
           "Only the last row is compared.", "position-of-publications position-of-last-row")
    beyond("publication-of-first-row-above", [row(K1, [], True, 3), row(K2, [], True, 2)], 2,
           "Only the last row is compared.", "position-of-tombstones position-of-last-row")
    beyond("zero", [row(K1, [1])], 0, "The position 0 is taken for none.",
           "position-zero-is-none position-of-publications")
    beyond("text-order", [row(K1, [10])], 9, "Logseqs are compared as texts.",
           "position-as-text position-of-publications")
    beyond("byte-order", [row(K1, [256])], 255, "The position is compared by its bytes.",
           "position-by-bytes position-of-publications")
    beyond("2-32", [row(K1, [2**32 + 1], True, 1)], 1, "Four bytes of a logseq are compared.",
           "position-of-publications position-low-half")
    beyond("past-2-53", [row(K1, [PAST_SAFE], True, 1)], 2**53, "Logseqs are floating-point numbers.",
           "position-float position-of-publications")
    beyond("greatest", [row(K1, [LAST])], LAST - 1, "Logseqs are floating-point numbers.",
           "position-float position-of-publications")

    def ordered(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str,
                position: Optional[int] = None) -> None:
        refuse(f"order-{slug}", data, code, clauses, why, kills, position)

    bad = key(ZERO, 0)
    each = "A check is made for all rows before the next one."
    ordered("hash-id-before-order", Table(row(K1, [1]), row(bad, [2])).data(), "CORE.HASH_ID", "PTB-8 PTB-9",
            "The order is looked at before the key.",
            "order-before-hash-id hash-id-unchecked hash-id-first-only")
    ordered("hash-id-before-row", change(Table(row(bad, [1])).data(), 64 + 35, b"\1"), "CORE.HASH_ID",
            "PTB-8 PTB-10", "The row is looked at before the key.", "row-before-key hash-id-unchecked")
    ordered("order-before-row", change(Table(row(K2, [1]), row(K1, [2])).data(), 64 + 56 + 35, b"\1"),
            "ORDER", "PTB-9 PTB-10", "The row is looked at before the key.", "row-before-key order-unchecked")
    ordered("row-before-later-hash-id", change(Table(row(K1, [1]), row(bad, [2])).data(), 64 + 35, b"\1"),
            "ROW", "PTB-10 PTB-8", each, "keys-first row-reserved-unchecked row-unchecked")
    ordered("row-before-later-order", change(Table(row(K2, [1]), row(K1, [2])).data(), 64 + 35, b"\1"), "ROW",
            "PTB-10 PTB-9", each, "keys-first row-reserved-unchecked row-unchecked")
    ordered("order-before-later-hash-id", Table(row(K2, [1]), row(K1, [2]), row(bad, [3])).data(), "ORDER",
            "PTB-9 PTB-8", each, "hash-ids-first order-unchecked")
    ordered("row-before-sum", change(Table(row(K1, [1]), logseqs=[1, 2], pairs=[(1, 0), (2, 0)]).data(),
                                     64 + 35, b"\1"),
            "ROW", "PTB-10 PTB-11", "The sum is compared before the rows.",
            "sum-first row-unchecked row-reserved-unchecked")
    ordered("key-before-sum", Table(row(bad, [1]), logseqs=[1, 2], pairs=[(1, 0), (2, 0)]).data(),
            "CORE.HASH_ID",
            "PTB-8 PTB-11", "The sum is compared before the rows.", "sum-first hash-id-unchecked")
    ordered("sum-before-pairs", Table(row(K1, [1]), logseqs=[1, 2], pairs=[(9, 9), (1, 0)]).data(),
            "TOMBSTONES", "PTB-11 PTB-12", "The pairs are compared before the sum.",
            "pairs-before-sum tombstones-of-no-row")
    ordered("row-before-pairs", change(Table(row(K1, [1]), pairs=[(9, 9)]).data(), 64 + 35, b"\1"), "ROW",
            "PTB-10 PTB-12", "The pairs are compared before the rows.",
            "row-unchecked row-reserved-unchecked")
    ordered("pairs-before-position", Table(row(K1, [3]), pairs=[(3, 1)]).data(), "INDEX", "PTB-12 PTB-13",
            "The position is compared before the pairs.", "position-first pairs-unchecked ordinals-unchecked",
            2)
    ordered("sum-before-position", Table(row(K1, [3]), logseqs=[3, 4], pairs=[(3, 0), (4, 0)]).data(),
            "TOMBSTONES", "PTB-11 PTB-13", "The position is compared before the sum.",
            "position-first tombstones-of-no-row", 2)
    ordered("row-before-position", change(Table(row(K1, [1], True, 3)).data(), 64 + 35, b"\1"), "ROW",
            "PTB-10 PTB-13",
            "The position is compared before the rows.", "row-unchecked row-reserved-unchecked", 2)
    return g


# Manifest

D, R, P, B = same(0xD0), same(0xE0), same(0xF0), same(0xB0)
S1, S2, S3 = same(0x51), same(0x52), same(0x53)


def manifest(position: int = 9, blind: bytes = ZERO, domain: bytes = D, record: bytes = R, policy: bytes = P,
             anchored: int = 0, segments: Sequence[Tuple[int, bytes]] = ((1, S1),),
             types: Sequence[int] = (1,)) -> Json:
    return {"position": str(position), "blind": blind.hex(), "domainId": domain.hex(),
            "recordHash": record.hex(), "policyHash": policy.hex(), "anchored": str(anchored),
            "segments": [{"logseq": str(logseq), "segmentId": segment.hex()} for logseq, segment in segments],
            "types": list(types)}


def manifest_bytes(position: int = 9, blind: bytes = ZERO, domain: bytes = D, record: bytes = R,
                   policy: bytes = P,
                   anchored: int = 0, segments: Sequence[Tuple[int, bytes]] = ((1, S1),),
                   types: Sequence[int] = (1,),
                   magic: bytes = b"ASLMAN01", version: int = 1, s: Optional[int] = None,
                   t: Optional[int] = None,
                   reserved: int = 0) -> bytes:
    return (magic + le(version, 4) + le(len(segments) if s is None else s,
                                        4) + le(len(types) if t is None else t, 4)
            + le(reserved, 4) + le(position, 8) + blind + domain + record + policy + le(anchored, 8)
            + b"".join(le(logseq, 8) + segment for logseq, segment in segments)
            + b"".join(le(number, 4) for number in types))


MANIFESTS: Sequence[Tuple[str, Json, str, str, str, str]] = (
    ("plain", {}, "MAN-1", "A field stands elsewhere, or has another width.",
     "integers-big-endian hash-with-prefix hash-of-tree counts-u64", "integers-big-endian"),
    ("all-different", {"position": 0x0102030405060708, "blind": B, "anchored": 0x0102030405060707,
                       "segments": ((0, S2), (3, S1), (0x0102030405060708, S3)),
                       "types": (1, 2, 3, 0x01020304)}, "MAN-1",
     "Two fields change places.",
     "integers-big-endian domain-record-swapped record-policy-swapped blind-last "
     "types-before-segments segment-id-first blind-dropped counts-swapped",
     "integers-big-endian counts-swapped domain-record-swapped record-policy-swapped types-before-segments "
     "segment-id-first"),
    ("no-segments", {"segments": ()}, "MAN-1 MAN-6", "A state without segments has no manifest.",
     "segments-at-least-one", "segments-required"),
    ("position-1", {"position": 1, "segments": ((1, S1),)}, "MAN-1 MAN-7", "The first position is refused.",
     "position-minus-one", "position-above-1 seal-below-position"),
    ("position-greatest", {"position": LAST, "anchored": LAST - 1, "segments": ((LAST, S1),)}, "MAN-1 MAN-7",
     "The greatest position is refused.", "logseqs-float",
     "position-signed logseqs-float seal-below-position"),
    ("position-past-2-53", {"position": PAST_SAFE, "anchored": 2**53, "segments": ((PAST_SAFE, S1),)},
     "MAN-1 MAN-7", "Positions are floating-point numbers.", "logseqs-float", "logseqs-float"),
    ("anchored-before", {"anchored": 8}, "MAN-1 MAN-7", "The position before is not taken for an anchor.",
     "anchored-dropped", "anchored-before-refused"),
    ("anchored-2-32", {"position": 2**33 + 1, "anchored": 2**32 + 5}, "MAN-1 MAN-7",
     "Half of a position is compared.", "anchored-dropped anchored-u32", "anchored-u32"),
    ("seal-at-position", {"segments": ((9, S1),)}, "MAN-1 MAN-7", "A seal at the position is refused.",
     "integers-big-endian", "seal-below-position"),
    ("seal-zero", {"segments": ((0, S1),)}, "MAN-1 MAN-7 MAN-8",
     "A segment that no seal made visible is refused.", "seal-zero-dropped", "seal-zero-refused"),
    ("seals-zero", {"segments": ((0, S1), (0, S2), (1, S1))}, "MAN-1 MAN-8",
     "A segment that no seal made visible is refused.",
     "seal-zero-dropped segments-once-a-seal segments-once-an-id",
     "seal-zero-refused segments-once-a-seal segments-once-an-id"),
    ("seal-of-several", {"segments": ((2, S1), (2, S2), (2, S3))}, "MAN-1 MAN-8", "A seal has one segment.",
     "segments-once-a-seal", "segments-once-a-seal"),
    ("segment-sealed-twice", {"segments": ((2, S1), (3, S1))}, "MAN-1 MAN-8", "A segment is sealed once.",
     "segments-once-an-id", "segments-once-an-id"),
    ("segments-by-logseq", {"segments": ((2, S3), (3, S2), (4, S1))}, "MAN-1 MAN-8",
     "Segments are ordered by their SegmentIDs.", "segments-by-id", "segments-by-id"),
    ("segments-9-10", {"position": 10, "segments": ((9, S1), (10, S1))}, "MAN-1 MAN-8",
     "Logseqs are ordered as texts.", "segments-as-text", "segments-as-text"),
    ("segments-255-256", {"position": 256, "segments": ((255, S1), (256, S1))}, "MAN-1 MAN-8",
     "Segments are ordered by their bytes as they stand.", "segments-by-bytes", "segments-by-bytes"),
    ("segments-around-2-32", {"position": 2**32, "segments": ((U32, S1), (2**32, S1))}, "MAN-1 MAN-8",
     "Half of a logseq is compared.", "segments-low-half", "segments-low-half"),
    ("segments-around-2-63", {"position": 2**63, "segments": ((2**63 - 1, S1), (2**63, S1))}, "MAN-1 MAN-8",
     "Logseqs are compared as signed numbers.", "segments-signed", "segments-signed position-signed"),
    ("segment-ids-unsigned", {"segments": ((2, same(0x7F)), (2, same(0x80)))}, "MAN-1 MAN-8",
     "Bytes are compared as signed.", "segments-once-a-seal", "segment-ids-signed"),
    ("segment-ids-last-byte", {"segments": ((2, S1[:-1] + b"\1"), (2, S1[:-1] + b"\2"))}, "MAN-1 MAN-8",
     "SegmentIDs are compared by their first bytes.", "segments-once-a-seal", "segment-ids-prefix"),
    ("types-255-256", {"types": (255, 256)}, "MAN-1 MAN-8", "Types are ordered by their bytes as they stand.",
     "types-by-bytes", "types-by-bytes"),
    ("types-9-10", {"types": (9, 10)}, "MAN-1 MAN-8", "Types are ordered as texts.", "types-as-text",
     "types-as-text"),
    ("types-around-2-31", {"types": (2**31 - 1, 2**31, U32)}, "MAN-1 MAN-8 MAN-9",
     "Types are signed numbers.", "types-signed", "types-signed types-known-only"),
    ("types-many", {"types": tuple(range(1, 301))}, "MAN-1 MAN-9", "The number of types has one byte.",
     "type-count-u8", "types-known-only type-count-u8"),
    ("segments-300", {"position": 400, "segments": tuple((i, sha256(le(i, 2))) for i in range(1, 301))},
     "MAN-1 MAN-8", "The number of segments has one byte.", "segment-count-u8", "segment-count-u8"),
    ("policy-zero", {"policy": ZERO, "record": ZERO}, "MAN-1", "A hash of zeros is taken for a missing one.",
     "policy-zero-filled", "policy-zero-refused"),
)


def manifest_encode() -> Group:
    g = SnapshotGroup("manifest.encode", "manifest.encode")
    for slug, fields, clauses, why, kills, _ in MANIFESTS:
        data = manifest_bytes(**fields)
        g.ok(slug, "roundtrip", manifest(**fields), {"bytes": describe(data), "hash": sha256(data).hex()},
             clauses=clauses, why=why, kills=kills)
    return g


def expecting(domain: bytes = D, position: int = 9, record: bytes = R, is_open: bool = True) -> Json:
    return {"domainId": domain.hex(), "position": str(position), "recordHash": record.hex(), "open": is_open}


def manifest_decode() -> Group:
    g = SnapshotGroup("manifest.decode", "manifest.decode")
    for slug, fields, clauses, why, _, kills in MANIFESTS:
        g.ok(slug, "roundtrip", {"bytes": describe(manifest_bytes(**fields))}, manifest(**fields),
             clauses=f"{clauses} MAN-2 MAN-3 MAN-4 MAN-5 MAN-6 MAN-7 MAN-8 MAN-9", why=why, kills=kills)

    def read(slug: str, fields: Json, expected: Optional[Json], why: str, kills: str,
             clauses: str = "MAN-10") -> None:
        data = manifest_bytes(**fields)
        known = {} if expected is None else {"expected": expected}
        g.ok(slug, "output", {"bytes": describe(data), "hash": sha256(data).hex(), **known},
             manifest(**fields), clauses=clauses, why=why, kills=kills)

    read("named", {}, None, "The hash is over pages.", "hash-of-tree hash-with-prefix hash-without-magic",
         "MAN-1")
    many = {"position": 400, "segments": tuple((i, sha256(le(i, 2))) for i in range(1, 301))}
    read("named-many", many, None, "The hash is over pages.", "hash-of-tree hash-first-page", "MAN-1")
    read("expected-open", {}, expecting(), "The manifest of the state is refused.", "expected-closed-only")
    read("expected-closed", {"blind": B}, expecting(is_open=False), "A blind in a closed domain is refused.",
         "blind-always-zero")
    read("expected-closed-zero", {}, expecting(is_open=False),
         "A blind of zeros in a closed domain is refused.", "blind-never-zero")
    read("expected-nothing", {"blind": B, "domain": ZERO}, None,
         "Without a domain one is expected all the same.",
         "expected-always", "MAN-10 MAN-1")
    read("expected-greatest", {"position": LAST}, expecting(position=LAST),
         "The position is a signed number.", "position-signed", "MAN-10 MAN-7")
    return g


def manifest_refused() -> Group:
    g = SnapshotGroup("manifest.decode-refused", "manifest.decode")
    whole = manifest_bytes()

    def refuse(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str,
               named: Optional[bytes] = None,
               expected: Optional[Json] = None) -> None:
        known = {} if expected is None else {"expected": expected}
        g.reject(slug, {"bytes": describe(data), "hash": (sha256(data) if named is None else named).hex(),
                        **known},
                 f"MANIFEST.{code}", clauses=clauses, why=why, kills=kills)

    def digest(slug: str, data: bytes, named: bytes, why: str, kills: str, clauses: str = "MAN-1") -> None:
        refuse(slug, data, "DIGEST", clauses, why, "digest-unchecked " + kills, named)

    right = sha256(whole)
    digest("digest-first-bit", whole, bytes([right[0] ^ 0x80]) + right[1:],
           "Only the end of the hash is compared.", "digest-suffix")
    digest("digest-last-bit", whole, right[:-1] + bytes([right[-1] ^ 1]),
           "Only the beginning of the hash is compared.", "digest-prefix")
    digest("digest-zero", whole, ZERO, "No hash is taken for any hash.", "digest-zero-accepted")
    digest("digest-leaf", whole, leaf(whole), "The hash is that of a page.", "hash-of-tree")
    digest("digest-blind", manifest_bytes(blind=B), right, "The blind is not hashed.", "hash-without-blind")
    digest("order-digest-before-truncated", whole[:167], right, "The form is looked at before the hash.",
           "digest-after-form", "MAN-1 MAN-2")
    digest("order-digest-before-magic", manifest_bytes(magic=b"ASLMAN02"), right,
           "The form is looked at before the hash.", "digest-after-form", "MAN-1 MAN-3")
    digest("order-digest-before-types", manifest_bytes(types=()), right,
           "The form is looked at before the hash.", "digest-after-form", "MAN-1 MAN-9")

    for length in (0, 1, 8, 24, 160, 167):
        refuse(f"length-{length}", whole[:length], "TRUNCATED", "MAN-2",
               "A manifest that ends in its fixed part is taken.",
               "truncated-accepted" + (" truncated-at-160" if length >= 160 else ""))
    refuse("magic-case", manifest_bytes(magic=b"aSLMAN01"), "MAGIC", "MAN-3",
           "The magic is compared without case.", "magic-unchecked magic-any-case")
    refuse("magic-last-byte", manifest_bytes(magic=b"ASLMAN02"), "MAGIC", "MAN-3",
           "Only a part of the magic is compared.", "magic-unchecked magic-prefix")
    refuse("magic-of-policy", manifest_bytes(magic=b"ASLPOL01"), "MAGIC", "MAN-3",
           "A file of another kind is read.", "magic-unchecked")
    for number in (0, 2, 257, 2**24):
        refuse(f"version-{number}", manifest_bytes(version=number), "VERSION", "MAN-4",
               "Another version is read as the first.",
               "version-unchecked" + (" version-u8" if number == 257 else "")
               + (" version-big-endian" if number == 2**24 else "")
               + (" version-at-least" if number > 1 else ""))
    for slug, number in (("1", 1), ("2-16", 2**16), ("2-31", 2**31)):
        refuse(f"reserved-{slug}", manifest_bytes(reserved=number), "RESERVED", "MAN-5",
               "The reserved field is ignored.",
               "reserved-unchecked" + ("" if number == 1 else " reserved-u16"))

    def length(slug: str, data: bytes, why: str, kills: str) -> None:
        refuse(f"length-{slug}", data, "LENGTH", "MAN-6", why, "length-unchecked " + kills)

    length("short", whole[:-1], "A manifest that is too short is read.", "length-at-most")
    length("long", whole + b"\0", "What follows a manifest is ignored.", "length-at-least")
    length("long-by-type", whole + le(2, 4), "The types reach to the end.", "length-at-least types-to-end")
    length("long-by-zero-type", whole + bytes(4), "What follows a manifest is ignored.",
           "length-at-least types-to-end")
    length("fixed-part-only", whole[:168], "Lists that are not there are read as empty.", "length-at-most")
    length("segments-more-one", manifest_bytes(s=2), "The number of segments is not looked at.",
           "length-at-most")
    length("segments-less-one", manifest_bytes(s=0), "The number of segments is not looked at.",
           "length-at-least")
    length("types-more-one", manifest_bytes(t=2), "The types reach to the end.",
           "length-at-most types-to-end")
    length("types-less-one", manifest_bytes(types=(1, 2), t=1), "The types reach to the end.",
           "length-at-least types-to-end")
    length("segments-2-16", manifest_bytes(s=2**16 + 1), "Two bytes of segment_count are read.",
           "length-at-most counts-u16")
    length("types-2-16", manifest_bytes(t=2**16 + 1), "Two bytes of type_count are read.",
           "length-at-most counts-u16 types-to-end")
    length("segments-2-29", manifest_bytes(segments=(), s=2**29), "The length is computed in 32 bits.",
           "length-at-most length-wraps-32")
    length("segments-2-29-and-one", manifest_bytes(s=2**29 + 1), "The length is computed in 32 bits.",
           "length-at-most length-wraps-32")
    length("types-2-30-and-one", manifest_bytes(t=2**30 + 1), "The length is computed in 32 bits.",
           "length-at-most length-wraps-32 types-to-end")
    length("both-greatest", manifest_bytes(s=U32, t=U32), "The counts are signed.", "length-at-most")

    def position(slug: str, fields: Json, why: str, kills: str) -> None:
        refuse(f"position-{slug}", manifest_bytes(**fields), "POSITION", "MAN-7", why,
               "position-unchecked " + kills)

    position("zero", {"position": 0, "segments": ()}, "Position 0 has a manifest.", "position-zero-by-anchor")
    position("anchored-at-position", {"anchored": 9}, "A position may be anchored by itself.",
             "anchored-at-position anchored-unchecked")
    position("anchored-above", {"anchored": 10}, "The anchored position is not compared.",
             "anchored-unchecked anchored-equal-only")
    position("anchored-text-order", {"position": 9, "anchored": 10}, "Positions are compared as texts.",
             "anchored-unchecked anchored-as-text")
    position("anchored-byte-order", {"position": 255, "anchored": 256},
             "Positions are compared by their bytes.", "anchored-unchecked anchored-by-bytes")
    position("anchored-2-32", {"anchored": 2**32 + 1}, "Four bytes of a position are compared.",
             "anchored-unchecked anchored-low-half")
    position("anchored-greatest", {"anchored": LAST}, "Positions are compared as signed numbers.",
             "anchored-unchecked anchored-signed")
    position("anchored-past-2-53", {"position": 2**53, "anchored": PAST_SAFE, "segments": ()},
             "Positions are floating-point numbers.", "anchored-unchecked anchored-at-position-float")
    position("seal-above", {"segments": ((10, S1),)}, "Seals are not compared.",
             "seal-unchecked seal-one-above")
    position("last-seal-above", {"segments": ((1, S1), (10, S1))}, "Only the first seal is compared.",
             "seal-unchecked seal-first-only seal-one-above")
    position("seal-2-32", {"segments": ((2**32 + 1, S1),)}, "Four bytes of a logseq are compared.",
             "seal-unchecked seal-low-half")
    position("seal-greatest", {"segments": ((LAST, S1),)}, "Logseqs are compared as signed numbers.",
             "seal-unchecked seal-signed")
    position("first-seal-above", {"segments": ((10, S1), (11, S1))}, "Seals are not compared.",
             "seal-unchecked")

    def order(slug: str, fields: Json, why: str, kills: str) -> None:
        refuse(slug, manifest_bytes(**fields), "ORDER", "MAN-8", why, kills)

    order("segments-equal", {"segments": ((1, S1), (1, S1))}, "A segment stands twice.",
          "segments-unchecked segments-equal-accepted")
    order("segments-descending", {"segments": ((2, S1), (1, S2))}, "Segments stand in any order.",
          "segments-unchecked segments-by-id")
    order("segments-ids-descending", {"segments": ((1, S2), (1, S1))},
          "Segments of one seal stand in any order.", "segments-unchecked segments-by-logseq-only")
    order("segments-last-descending", {"segments": ((1, S1), (3, S1), (2, S1))},
          "Only the first two are compared.", "segments-unchecked segments-first-pair")
    order("segments-zero-last", {"segments": ((1, S1), (0, S2))}, "A segment without a seal stands last.",
          "segments-unchecked segments-zero-last")
    order("segments-text-order", {"position": 10, "segments": ((10, S1), (9, S1))},
          "Logseqs are ordered as texts.", "segments-unchecked segments-as-text")
    order("segments-byte-order", {"position": 256, "segments": ((256, S1), (1, S1))},
          "Segments are ordered by their bytes as they stand.", "segments-unchecked segments-by-bytes")
    order("segments-low-half-order", {"position": 2**32, "segments": ((2**32, S1), (1, S1))},
          "Half of a logseq is compared.", "segments-unchecked segments-low-half")
    order("segments-signed-order", {"position": LAST, "segments": ((LAST, S1), (1, S1))},
          "Logseqs are compared as signed numbers.", "segments-unchecked segments-signed")
    order("segments-ids-signed-order", {"segments": ((1, same(0x80)), (1, same(0x7F)))},
          "Bytes are compared as signed.", "segments-unchecked segments-by-logseq-only segment-ids-signed")
    order("types-equal", {"types": (1, 1)}, "A type stands twice.", "types-unchecked types-equal-accepted")
    order("types-descending", {"types": (2, 1)}, "Types stand in the order in which they come.",
          "types-unchecked")
    order("types-last-descending", {"types": (1, 3, 2)}, "Only the first two are compared.",
          "types-unchecked types-first-pair")
    order("types-text-order", {"types": (10, 9)}, "Types are ordered as texts.",
          "types-unchecked types-as-text")
    order("types-byte-order", {"types": (256, 1)}, "Types are ordered by their bytes as they stand.",
          "types-unchecked types-by-bytes")
    order("types-signed-order", {"types": (U32, 1)}, "Types are compared as signed numbers.",
          "types-unchecked types-signed")

    def types(slug: str, numbers: Sequence[int], why: str, kills: str) -> None:
        refuse(f"types-{slug}", manifest_bytes(types=numbers), "TYPES", "MAN-9", why, kills)

    types("empty", (), "A state without records has a manifest.", "types-empty-accepted")
    types("zero", (0,), "The type 0 is taken.", "type-zero-accepted")
    types("zero-first", (0, 1, 7), "The type 0 is taken.", "type-zero-accepted type-zero-alone")
    refuse("types-empty-without-segments", manifest_bytes(segments=(), types=()), "TYPES", "MAN-9",
           "Both lists may be empty.", "types-empty-accepted types-empty-without-segments")

    def known(slug: str, code: str, why: str, kills: str, fields: Optional[Json] = None,
              **expected: Any) -> None:
        refuse(slug, manifest_bytes(**(fields or {})), code, "MAN-10", why, kills,
               expected=expecting(**expected))

    known("domain-other", "DOMAIN", "The manifest of another domain is taken.", "domain-unchecked",
          domain=same(0xD1))
    known("domain-first-bit", "DOMAIN", "Only the end of the DomainID is compared.",
          "domain-unchecked domain-suffix",
          domain=b"\x50" + D[1:])
    known("domain-last-bit", "DOMAIN", "Only the beginning of the DomainID is compared.",
          "domain-unchecked domain-prefix",
          domain=D[:-1] + b"\xd1")
    known("domain-zero", "DOMAIN", "The zero DomainID is taken for any domain.",
          "domain-unchecked domain-zero-is-any",
          {"domain": ZERO})
    known("domain-is-record", "DOMAIN", "The DomainID and the record hash change places.",
          "domain-unchecked domain-record-swapped", {"domain": R, "record": D})
    known("position-before", "SNAPSHOT", "Every position up to that of the manifest is taken.",
          "snapshot-position-unchecked snapshot-position-at-most", position=8)
    known("position-after", "SNAPSHOT", "Every position from that of the manifest on is taken.",
          "snapshot-position-unchecked snapshot-position-at-least", position=10)
    known("position-2-32", "SNAPSHOT", "Four bytes of the position are compared.",
          "snapshot-position-unchecked expected-u32 snapshot-position-at-least", position=9 + 2**32)
    known("position-past-2-53", "SNAPSHOT", "Positions are floating-point numbers.",
          "snapshot-position-unchecked expected-float", {"position": 2**53}, position=PAST_SAFE)
    known("record-hash-other", "SNAPSHOT", "The record hash is not compared.", "snapshot-record-unchecked",
          record=same(0xE1))
    known("record-hash-first-bit", "SNAPSHOT", "Only the end of the record hash is compared.",
          "snapshot-record-unchecked snapshot-record-suffix", record=b"\x60" + R[1:])
    known("record-hash-last-bit", "SNAPSHOT", "Only the beginning of the record hash is compared.",
          "snapshot-record-unchecked snapshot-record-prefix", record=R[:-1] + b"\xe1")
    known("record-hash-of-policy", "SNAPSHOT", "The hash of the policy is taken for that of the record.",
          "snapshot-record-unchecked record-policy-swapped", {"record": P, "policy": R})
    known("record-hash-zero", "SNAPSHOT", "A hash of zeros is taken for any hash.",
          "snapshot-record-unchecked snapshot-record-zero-is-any", {"record": ZERO})
    for slug, blind in (("first-bit", b"\x80" + ZERO[1:]), ("last-bit", ZERO[:-1] + b"\1"), ("full", B)):
        known(f"blind-{slug}", "BLIND", "A blind in an open domain is ignored.",
              "blind-unchecked" + {"first-bit": " blind-suffix", "last-bit": " blind-prefix",
                                   "full": ""}[slug],
              {"blind": blind})

    def ordered(slug: str, data: bytes, code: str, clauses: str, kills: str,
                expected: Optional[Json] = None) -> None:
        refuse(f"order-{slug}", data, code, clauses, "The checks are made in another order.", kills,
               expected=expected)

    ordered("truncated-before-magic", b"ASLMAN02", "TRUNCATED", "MAN-2 MAN-3",
            "magic-first truncated-accepted")
    ordered("magic-before-version", manifest_bytes(magic=b"ASLMAN02", version=2), "MAGIC", "MAN-3 MAN-4",
            "version-first magic-unchecked")
    ordered("version-before-reserved", manifest_bytes(version=2, reserved=1), "VERSION", "MAN-4 MAN-5",
            "reserved-first version-unchecked")
    ordered("version-before-length", manifest_bytes(version=2) + b"\0", "VERSION", "MAN-4 MAN-6",
            "length-first version-unchecked")
    ordered("reserved-before-length", manifest_bytes(reserved=1) + b"\0", "RESERVED", "MAN-5 MAN-6",
            "length-first reserved-unchecked")
    ordered("length-before-position", manifest_bytes(position=0) + b"\0", "LENGTH", "MAN-6 MAN-7",
            "position-before-length length-unchecked length-at-least")
    ordered("position-before-segments", manifest_bytes(segments=((10, S1), (1, S1))), "POSITION",
            "MAN-7 MAN-8", "position-last position-unchecked seal-unchecked")
    ordered("anchored-before-segments", manifest_bytes(anchored=9, segments=((2, S1), (1, S1))), "POSITION",
            "MAN-7 MAN-8", "position-last position-unchecked anchored-unchecked")
    ordered("later-seal-before-segments", manifest_bytes(segments=((2, S1), (1, S1), (10, S1))), "POSITION",
            "MAN-7 MAN-8", "seal-in-turn position-last position-unchecked seal-unchecked")
    ordered("position-before-types", manifest_bytes(anchored=9, types=()), "POSITION", "MAN-7 MAN-9",
            "position-last position-unchecked anchored-unchecked")
    ordered("segments-before-types", manifest_bytes(segments=((2, S1), (1, S1)), types=()), "ORDER",
            "MAN-8 MAN-9", "types-before-order segments-unchecked")
    ordered("types-order-before-zero", manifest_bytes(types=(1, 0)), "ORDER", "MAN-8 MAN-9",
            "types-before-order types-unchecked")
    ordered("types-equal-before-zero", manifest_bytes(types=(0, 0)), "ORDER", "MAN-8 MAN-9",
            "types-before-order types-unchecked types-equal-accepted")
    ordered("types-before-domain", manifest_bytes(types=()), "TYPES", "MAN-9 MAN-10",
            "expected-first types-empty-accepted", expecting(domain=same(1)))
    ordered("position-before-domain", manifest_bytes(anchored=9), "POSITION", "MAN-7 MAN-10",
            "expected-first position-unchecked anchored-unchecked", expecting(domain=same(1)))
    ordered("domain-before-snapshot", whole, "DOMAIN", "MAN-10", "snapshot-before-domain domain-unchecked",
            expecting(domain=same(1), position=8))
    ordered("domain-before-record", whole, "DOMAIN", "MAN-10", "snapshot-before-domain domain-unchecked",
            expecting(domain=same(1), record=same(1)))
    ordered("domain-before-blind", manifest_bytes(blind=B), "DOMAIN", "MAN-10",
            "blind-first domain-unchecked",
            expecting(domain=same(1)))
    ordered("snapshot-before-blind", manifest_bytes(blind=B), "SNAPSHOT", "MAN-10",
            "blind-first snapshot-position-unchecked snapshot-position-at-most", expecting(position=8))
    ordered("record-before-blind", manifest_bytes(blind=B), "SNAPSHOT", "MAN-10",
            "blind-first snapshot-record-unchecked",
            expecting(record=same(1)))
    return g


FILES: Dict[str, Sequence[Callable[[], Group]]] = {
    "asl-store-index-1/entries.json": (entry_encode, entry_decode, entry_truncated, entry_refused),
    "asl-store-index-1/tries.json": (trie_root, trie_refused, trie_prove, trie_verify, verify_form,
                                     verify_order,
                                     verify_refused),
    "asl-store-index-1/roots.json": (state_roots, roots_refused),
    "asl-store-index-1/policy-table.json": (table_encode, table_decode, table_refused_file,
                                            table_refused_rows),
    "asl-store-index-1/manifest.json": (manifest_encode, manifest_decode, manifest_refused),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
