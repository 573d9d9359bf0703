#!/usr/bin/env python3
"""Writes conformance/vectors/enc-asl-core-index-1, or compares it with what is on disk (`--check`)."""

from __future__ import annotations

import hashlib
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from vector_file import Group, file_text, main
from segment_draft import EMPTY_BLOCK, Draft, Raw, multi, same, tombstone

from amduat import core, segment
from amduat.index import Record
from operations import OPERATIONS
from operations_segment import record_json
from recipe import describe

SPEC = "ENC/ASL-CORE-INDEX/1"
HELLO = bytes.fromhex("1f1d4ea728bc4c10bbc8211c7644aa950b6296c9b3e70d263e4ae6fc83e895e4")
PAST_SAFE = 2**53 + 1
LAST = 2**64 - 1
U32 = 2**32 - 1

Json = Dict[str, Any]


def group(name: str, op: str) -> Group:
    return Group(f"segment.{name}", f"segment.{op}", "0.1.0", "SEG")


# Records as operations take them.


def extent(block: int, offset: int, length: int) -> core.Extent:
    return core.Extent(same(block), offset, length)


def put(digest: bytes, *extents: core.Extent, logseq: int = 0, tag: Optional[int] = None,
        published: bool = False,
        domain: int = 0, source: int = 0, hash_id: int = 1) -> Record:
    return Record(hash_id.to_bytes(2, "big") + digest, logseq, False, extents or (extent(0xB0, 0, 5),), tag,
                  published,
                  same(domain), same(source))


def gone(digest: bytes, logseq: int = 0, published: bool = False, domain: int = 0, source: int = 0,
         hash_id: int = 1) -> Record:
    return Record(hash_id.to_bytes(2, "big") + digest, logseq, True, (), None, published, same(domain),
                  same(source))


def records(given: Sequence[Record]) -> Json:
    return {"records": [record_json(record) for record in given]}


def digests(count: int, seed: str = "key") -> List[bytes]:
    return sorted(hashlib.sha256(f"{seed} {i}".encode()).digest() for i in range(count))


def clustered(count: int, bits: int) -> List[bytes]:
    """Digests whose first `bits` bits are those of `HELLO`, and the next one differs."""
    prefix = int.from_bytes(HELLO, "big") >> (256 - bits) << (256 - bits)
    tails = [int.from_bytes(digest, "big") >> bits for digest in digests(count, f"cluster {bits}")]
    top = 1 << (255 - bits)
    tails[0] &= top - 1
    tails[-1] |= top
    return sorted((prefix | tail).to_bytes(32, "big") for tail in tails)


def sized(count: int) -> List[Record]:
    return [gone(digest) if i % 3 == 2 else put(digest) for i, digest in enumerate(digests(count))]


def encode() -> Group:
    g = group("encode", "encode")

    def add(slug: str, given: Sequence[Record], clauses: str, why: str, kills: str,
            kind: str = "roundtrip") -> None:
        g.ok(slug, kind, records(given), None, clauses=clauses, why=why, kills=kills)

    add("worked-example", [Record(b"\0\1" + HELLO, 0, False,
                                  (core.Extent(hashlib.sha256(b"hello").digest(), 0, 5),),
                                  None, False, bytes(32), bytes(32))],
        "FILE-1 FILE-3 FAN-1 FTR-1 ID-1 BLM-1 SET-1 REC-8 IDX-REC-1",
        "The segment of the example in the text comes out otherwise.",
        "integers-big-endian fan-out-without-end records-not-aligned id-flat id-without-prefix "
        "footer-missing-footer encode-hash-id-big-endian bloom-always")
    for slug, tag in (("tag", 0x01020304), ("tag-zero", 0), ("tag-greatest", U32)):
        add(slug, [put(same(1), tag=tag)], "REC-4 IDX-REC-1",
            "The tag is lost, or a tag of 0 is taken for none.",
            {0: "encode-tag-dropped tag-zero-is-none", U32: "encode-tag-dropped"}.get(
                tag, "encode-tag-dropped integers-big-endian"))
    add("published", [put(same(1), published=True)], "REC-5 IDX-REC-1", "The visibility is lost.",
        "encode-visibility-dropped")
    add("domain", [put(same(1), domain=0xD1)], "REC-6 TAB-2 TAB-3 IDX-REC-1",
        "The first domain of the table is 0.",
        "domain-ordinal-from-zero domain-as-source")
    add("source", [put(same(1), source=0xD1)], "REC-6 TAB-2 IDX-REC-1",
        "The source is lost, or taken for the domain.",
        "domain-as-source source-not-in-table")
    add("domain-and-source-same", [put(same(1), domain=0xD1, source=0xD1)], "REC-6 TAB-1 TAB-2",
        "A DomainID stands in the table twice.", "domain-table-repeats")
    add("domain-and-source", [put(same(1), domain=0xD2, source=0xD1)], "REC-6 TAB-1",
        "The table is in the order in which domains are met.", "domain-table-unsorted domain-as-source")
    add("domains-of-several", [put(same(1), domain=0xD3), gone(same(2), domain=0xD1, source=0xD3),
                               put(same(3), source=0xD2)], "REC-6 REC-7 TAB-1 TAB-2",
        "The table is in the order in which domains are met, or a tombstone keeps none.",
        "domain-table-unsorted tombstone-domain-dropped domain-table-repeats")
    add("tombstone", [gone(same(1))], "REC-7 TAB-2 IDX-REC-1",
        "A tombstone has an empty location, with the empty block.",
        "tombstone-empty-block")
    add("tombstone-published", [gone(same(1), published=True, source=0xD1)], "REC-7 REC-5 REC-6",
        "A tombstone loses its visibility or source.",
        "tombstone-visibility-dropped tombstone-domain-dropped")
    add("tombstone-first-and-last", [gone(same(1)), put(same(2)), gone(same(3))], "REC-7 HDR-9 FAN-1",
        "first_digest and last_digest pass over tombstones.", "range-without-tombstones")
    add("two-extents", [put(same(1), extent(0xB0, 0, 5), extent(0xB1, 7, 9))],
        "REC-10 EXT-1 EXT-2 EXT-3 FILE-1",
        "The first extent stands in the record, the others behind.",
        "encode-multi-length-sum encode-extents-after-tables")
    add("two-extents-of-one-block", [put(same(1), extent(0xB0, 0, 5), extent(0xB0, 5, 5))], "REC-10 EXT-1",
        "Slices that touch are joined.", "encode-joins-extents")
    add("same-slice-twice", [put(same(1), extent(0xB0, 0, 5), extent(0xB0, 0, 5))], "REC-10 EXT-1",
        "Equal extents are made one.", "encode-extents-as-set")
    add("extents-not-by-offset", [put(same(1), extent(0xB1, 9, 5), extent(0xB0, 0, 5), extent(0xB1, 0, 2))],
        "REC-10 EXT-1 TAB-1", "Extents are put in order.", "encode-extents-sorted block-table-unsorted")
    add("multi-extent-records", [put(same(1), extent(0xB0, 0, 1), extent(0xB2, 0, 2)), put(same(2)),
                                 put(same(3), extent(0xB1, 0, 3), extent(0xB0, 0, 4), extent(0xB1, 8, 5)),
                                 gone(same(4)),
                                 put(same(5), extent(0xB3, 0, 6), extent(0xB3, 9, 7), tag=7)],
        "REC-10 EXT-1 TAB-1", "The number of the first ExtentRecord counts records, or begins anew.",
        "encode-first-extent-zero encode-first-extent-of-record encode-tag-dropped")
    add("multi-extent-last-slice", [put(same(1), extent(0xB0, 0, U32), extent(0xB0, U32 - 1, 1))],
        "EXT-2 REC-10",
        "The greatest slices are refused.", "slice-limit-exclusive")
    add("empty-artifact", [put(same(1), core.EMPTY)], "REC-9 TAB-2 REC-8",
        "The empty artifact has no block, and the table no entry.", "empty-without-block empty-refused")
    add("empty-artifact-among-others", [put(same(1), extent(0xF0, 1, 1)), put(same(2), core.EMPTY),
                                        put(same(3))],
        "REC-9 TAB-1", "The empty block is not put in the table's order.",
        "block-table-unsorted empty-without-block")
    add("slice-greatest-length", [put(same(1), extent(0xB0, 0, U32))], "REC-8",
        "The greatest length is refused.",
        "slice-limit-exclusive slice-limit-2-30")
    add("slice-greatest-end", [put(same(1), extent(0xB0, U32 - 1, 1))], "REC-8",
        "The last byte that can be named is refused.",
        "slice-limit-exclusive slice-limit-2-30")
    add("blocks-of-several", [put(same(1), extent(0xB3, 0, 1)), put(same(2), extent(0xB1, 0, 1)),
                              put(same(3), extent(0xB3, 1, 1))], "TAB-1 TAB-2",
        "The table is in the order in which blocks are met, or holds one for each record.",
        "block-table-unsorted block-table-repeats")
    add("blocks-unsigned-order", [put(same(1), extent(0x80, 0, 1)), put(same(2), extent(0x7F, 0, 1))],
        "TAB-1",
        "Bytes are compared as signed.", "order-signed")
    add("blake3", [put(same(1), hash_id=2)], "HDR-6 HDR-1",
        "The hash_id is that of SHA-256 in every segment.",
        "hash-id-always-one")
    for slug, logseq in (("logseq-1", 1), ("logseq-past-2-53", PAST_SAFE), ("logseq-greatest", LAST)):
        add(slug, [put(same(1), logseq=logseq)], "REC-2 IDX-REC-1",
            "The logseq is lost, or a floating-point number.",
            "encode-logseq-dropped" + (" logseq-float" if logseq == PAST_SAFE else ""))
    add("merged", [put(same(1), logseq=9), gone(same(2), logseq=1), put(same(3), logseq=PAST_SAFE)],
        "REC-2 REC-1 SET-4",
        "The records of a merged segment are in the order of their logseqs, or have one logseq.",
        "order-by-logseq logseq-all-equal")
    add("two-differ-in-last-bit", [put(same(1)[:-1] + b"\x02"), put(same(1)[:-1] + b"\x03")],
        "REC-1 FAN-1 HDR-9 SET-2",
        "Digests are told apart by their first bytes.", "order-prefix")
    add("unsigned-order", [put(same(0x7F)), put(same(0x80))], "REC-1 HDR-9", "Bytes are compared as signed.",
        "order-signed")
    three = [put(same(3)), put(same(1)), put(same(2))]
    add("order-of-input", three, "FILE-4 REC-1", "Records are written as they come.", "encode-unsorted",
        kind="output")
    add("order-of-input-reversed", [put(same(2)), put(same(3)), put(same(1))], "FILE-4 REC-1",
        "Records are written as they come.",
        "encode-unsorted", kind="output")
    mixed = [put(same(3), extent(0xB0, 0, 1), extent(0xB1, 0, 2), domain=0xD2),
             put(same(1), extent(0xB1, 4, 3), extent(0xB2, 0, 4)),
             gone(same(2), domain=0xD1)]
    add("order-of-input-with-tables", mixed, "FILE-4 TAB-1 REC-10",
        "ExtentRecords and tables are in the order in which records come.",
        "encode-unsorted encode-extents-as-given domain-table-unsorted", kind="output")
    return g


def encode_sizes() -> Group:
    g = group("encode-sizes", "encode")

    def add(slug: str, given: Sequence[Record], clauses: str, why: str, kills: str) -> None:
        g.ok(slug, "roundtrip", records(given), None, clauses=clauses, why=why, kills=kills)

    fan = "The fan-out has another number of entries, or its buckets another number of bits."
    kills = {2: "fan-out-bits-log", 3: "fan-out-bits-log fan-out-bits-up",
             4: "fan-out-bits-log fan-out-bits-less-two",
             5: "fan-out-bits-up", 7: "fan-out-bits-up", 8: "fan-out-bits-less-two", 9: "fan-out-bits-up",
             15: "fan-out-bits-up",
             16: "fan-out-bits-less-two fan-out-inclusive", 17: "fan-out-bits-up"}
    for n in (2, 3, 4, 5, 7, 8, 9, 15, 16, 17):
        add(f"records-{n}", sized(n), "FAN-1 FILE-1", fan, kills[n])
    add("records-32", sized(32), "FAN-1 FILE-1 BLM-1", fan, "fan-out-inclusive bloom-from-32")
    add("records-63", sized(63), "FAN-1 BLM-1 FILE-1", "A filter is made for 63 records.",
        "bloom-from-63 bloom-always")
    add("records-64", sized(64), "FAN-1 BLM-1 BLM-2 FILE-1 ID-1",
        "No filter is made for 64 records, or another one.",
        "bloom-from-65 bloom-z-round-down bloom-hash-first-bytes bloom-hash-big-endian bloom-word-order "
        "bloom-block-by-modulo bloom-without-tombstones bloom-bit-low bloom-salts-in-order bloom-after-fan-out")
    add("records-65", sized(65), "FAN-1 BLM-1 BLM-2 FILE-1", "The number of blocks is rounded down.",
        "bloom-z-round-down")
    add("records-72", sized(72), "BLM-2", "24 records more need a block more, not 24 records and one.",
        "bloom-z-plus-one")
    add("records-73", sized(73), "BLM-2", "The number of blocks is rounded down.", "bloom-z-round-down")
    for bits in (1, 7, 8, 13, 64, 200):
        add(f"clustered-{bits}", [put(digest) for digest in clustered(16, bits)], "FAN-1 HDR-9",
            "Buckets are taken from the first bits of the digest, or from whole bytes after those in common.",
            "fan-out-from-start" + (" fan-out-whole-bytes" if bits % 8 else "")
            + (" fan-out-common-64" if bits > 64 else ""))
    ones = [bytes(32), bytes(31) + b"\1", b"\xff" * 31 + b"\xfe", b"\xff" * 32]
    add("least-and-greatest-digests", [put(digest) for digest in ones], "FAN-1 HDR-9 REC-1",
        "The range of digests is empty or wraps.", "order-signed")
    near = [HELLO[:31] + bytes([i]) for i in range(0xF0, 0x100)]
    add("differ-in-last-bits", [put(digest) for digest in near], "FAN-1 HDR-9",
        "The bits of a bucket run beyond the end of the digest.", "fan-out-from-start fan-out-common-64")
    skewed = [bytes([0]) * 31 + bytes([i]) for i in range(15)] + [b"\xff" * 32]
    add("one-bucket-holds-most", [gone(digest) for digest in skewed], "FAN-1",
        "Buckets between are left out.",
        "fan-out-empty-buckets")
    pages = [put(digest, *(extent(0xA0 + (i * 5 + j) % 37, j, 1) for j in range(101))) if i == 0 else
             put(digest, extent(0xA0 + i, 0, 1)) for i, digest in enumerate(digests(20))]
    if len(segment.encode_segment(pages)) % 4096:
        raise ValueError("not whole pages")
    add("whole-pages", pages, "ID-1 FILE-3 REC-10", "A file of whole pages has an empty page at its end.",
        "id-empty-last-page")
    return g


def encode_refused() -> Group:
    g = group("encode-refused", "encode")

    def refuse(slug: str, given: Sequence[Record], code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, records(given), code, clauses=clauses, why=why, kills=kills)

    refuse("nothing", [], "SEG.COUNT", "SET-1", "A segment without records is made.", "encode-empty-accepted")
    refuse("key-twice", [put(same(1)), put(same(1))], "SEG.ORDER", "SET-2 FILE-4",
           "Equal records are made one, or written twice.",
           "encode-repeats-accepted encode-repeats-merged")
    refuse("key-twice-apart", [put(same(1)), put(same(2)), gone(same(1))], "SEG.ORDER", "SET-2 FILE-4",
           "Only neighbours are compared before the records are in order, or the last one wins.",
           "encode-repeats-accepted encode-repeats-merged encode-repeats-neighbours")
    refuse("key-twice-other-logseq", [put(same(1), logseq=1), put(same(1), logseq=2)], "SEG.ORDER", "SET-2",
           "A key may stand once for each logseq.",
           "encode-repeats-accepted encode-repeats-by-logseq encode-repeats-merged")
    refuse("two-hash-functions", [put(same(1)), put(same(2), hash_id=2)], "SEG.HASH_ID", "SET-2 HDR-6",
           "The hash_id of the first record is that of all.", "encode-hash-ids-unchecked")
    refuse("two-hash-functions-one-digest", [put(same(1)), put(same(1), hash_id=2)], "SEG.HASH_ID",
           "SET-2 HDR-6",
           "Keys are compared by their digests only.", "encode-hash-ids-unchecked encode-repeats-by-digest")
    refuse("logseqs-mixed", [put(same(1)), put(same(2), logseq=1)], "SEG.LOGSEQ", "SET-4 REC-2",
           "A mixture is written that no decoder takes.", "encode-logseqs-unchecked")
    return g


# Whole files


def two() -> Draft:
    return Draft([Raw(same(1)), Raw(same(2))])


def three() -> Draft:
    return Draft([Raw(same(1)), Raw(same(2)), Raw(same(3))])


def many() -> Draft:
    """Two extents of record 1, three of record 3."""
    return Draft([Raw(same(1)), multi(same(2), 0, 2), tombstone(same(3)), multi(same(4), 2, 3)],
                 [(0, 0, 1, 0), (1, 0, 2, 0), (0, 5, 3, 0), (1, 5, 4, 0), (1, 9, 5, 0)],
                 (same(0xB0), same(0xB1)))


def domained() -> Draft:
    return Draft([Raw(same(1), domain=1), Raw(same(2), domain=2, source=1)], domains=(same(0xD1), same(0xD2)))


def filtered() -> Draft:
    return Draft([tombstone(digest) for digest in digests(64)], blocks=())


def four() -> Draft:
    """The fan-out is [0, 2, 4]."""
    return Draft([Raw(same(0x10)), Raw(same(0x20)), Raw(same(0x90)), Raw(same(0xA0))])


def decode() -> Group:
    g = group("decode", "decode")

    def add(slug: str, draft: Draft, clauses: str, why: str, kills: str, **more: str) -> None:
        data = draft.data()
        g.ok(slug, "output" if more else "roundtrip", {"bytes": describe(data), **more}, None,
             clauses=clauses, why=why,
             kills=kills)

    every_fan = "FILE-1 FILE-2 FILE-3 HDR-1 HDR-2 HDR-3 HDR-4 HDR-5 HDR-6 HDR-7 HDR-8 HDR-9 FTR-1 LIM-1"
    add("two", two(), every_fan, "A field is read from the wrong place.", "integers-big-endian")
    add("two-with-id", two(), "ID-1 ID-2", "The SegmentID is made otherwise.",
        "id-flat id-without-prefix id-swapped",
        segmentId=segment.segment_id(two().data()).hex())
    add("multi-extent", many(), "REC-3 REC-10 EXT-1 EXT-2 EXT-3 TAB-2 HDR-8",
        "A block that only an ExtentRecord names is unused.",
        "unused-without-extents extents-from-zero")
    add("domains", domained(), "REC-6 TAB-1 TAB-2 TAB-3 HDR-8",
        "A domain that is named by a source is unused.",
        "domain-ordinal-from-zero domain-as-source")
    only = Draft([tombstone(same(1), source=1)], blocks=(), domains=(same(0xD1),))
    add("domain-of-a-tombstone-source", only, "REC-7 TAB-2",
        "A domain that only the source of a tombstone names is unused.",
        "unused-without-sources unused-without-tombstones")
    add("no-blocks", Draft([tombstone(same(1))], blocks=()), "REC-7 HDR-8 TAB-1",
        "A segment has at least one block.",
        "blocks-required")
    most = Draft([multi(same(1), 0, 2)], [(0, 0, 1, 0), (1, 0, 1, 0)], (same(0xB0), same(0xB1)))
    add("domains-most", Draft([Raw(same(1), domain=1, source=2)], domains=(same(0xD1), same(0xD2))),
        "HDR-8 REC-6",
        "As many domains as twice the records are refused.", "domain-count-of-records")
    add("blocks-most", most, "HDR-8 REC-10", "As many blocks as ExtentRecords are refused.",
        "block-count-of-records")
    add("empty-artifact", Draft([Raw(same(1), length=0)], blocks=(EMPTY_BLOCK,)), "REC-9 REC-8",
        "A length of zero is refused.", "empty-refused")
    add("slice-greatest", Draft([Raw(same(1), offset=1, length=U32 - 1)]), "REC-8",
        "A slice that ends at 2^32 − 1 is refused.",
        "slice-limit-exclusive")
    add("tag-zero", two().with_record(1, has_type_tag=1), "REC-4", "A tag of 0 is read as none.",
        "tag-zero-is-none")
    add("tag-greatest", two().with_record(0, has_type_tag=1, type_tag=U32), "REC-4",
        "The tag is read as minus one.",
        "tag-signed")
    add("logseqs", Draft([Raw(same(1), logseq=LAST), Raw(same(2), logseq=1)]), "REC-2",
        "Logseqs have to rise.",
        "logseq-rising logseq-float")
    add("filter", filtered(), "BLM-1 BLM-2 FAN-1 FAN-2", "The filter of 64 records is made otherwise.",
        "bloom-from-65 bloom-without-tombstones bloom-hash-big-endian")
    add("blake3", two().having(hash_id=2), "HDR-6",
        "A hash function that is registered and optional is refused.",
        "hash-id-sha256-only hash-id-always-one")
    return g


class Refusals:
    def __init__(self, name: str) -> None:
        self.group = group(name, "decode")

    def add(self, slug: str, data: bytes, code: str, clauses: str, why: str, kills: str, **more: str) -> None:
        self.group.reject(slug, {"bytes": describe(data), **more}, f"SEG.{code}", clauses=clauses, why=why,
                          kills=kills)


def change(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def decode_refused_file() -> Group:
    r = Refusals("decode-refused-file")
    whole = two().data()
    for length in (0, 1, 127):
        r.add(f"length-{length}", whole[:length], "TRUNCATED", "HDR-1",
              "A file that ends in the header ends in another error.",
              "truncated-accepted")
    r.add("header-only", whole[:128], "LENGTH", "FILE-3 LIM-1",
          "Sections that are not there are read as empty.",
          "length-unchecked")
    r.add("magic-first-byte", two().having(magic=b"aSLSEG01").data(), "MAGIC", "HDR-2",
          "The magic is compared without case.",
          "magic-unchecked magic-any-case")
    r.add("magic-last-byte", two().having(magic=b"ASLSEG02").data(), "MAGIC", "HDR-2",
          "Only a part of the magic is compared.",
          "magic-unchecked magic-prefix")
    r.add("magic-of-log", two().having(magic=b"ASLLOG01").data(), "MAGIC", "HDR-2",
          "A file of another kind is read.", "magic-unchecked")
    for number in (0, 2, 257, 2**24):
        r.add(f"version-{number}", two().having(version=number).data(), "VERSION", "HDR-3",
              "Another version is read as the first.",
              "version-unchecked" + (" version-u8" if number == 257 else ""))
    for number in (0, 127, 129, 160, 128 + 2**16):
        r.add(f"header-size-{number}", two().having(header_size=number).data(), "HEADER_SIZE", "HDR-4",
              "The size is not looked at.",
              "header-size-unchecked" + (" header-size-at-least" if number > 128 else ""))
    for bit in (0, 31, 32, 63):
        r.add(f"flags-2-{bit}", two().having(flags=1 << bit).data(), "FLAGS", "HDR-5",
              "A flag that is not known is ignored.",
              "flags-unchecked" + (" flags-u32" if bit >= 32 else ""))
    for number in (0, 3, 0x0100, 0xFFFF):
        r.add(f"hash-id-{number}", two().having(hash_id=number).data(), "HASH_ID", "HDR-6",
              "A hash_id that is not registered is taken, or read big-endian.",
              "hash-id-unchecked" + (" hash-id-big-endian" if number == 0x0100 else ""))
    for at in (26, 27, 44, 47, 112, 119, 127):
        r.add(f"reserved-{at}", change(whole, at, b"\1"), "RESERVED", "HDR-7", "A reserved byte is ignored.",
              f"reserved-unchecked reserved-{112 if at >= 112 else 44 if at >= 44 else 26}-unchecked")

    def count(slug: str, at: int, value: int, why: str, kills: str, code: str = "COUNT",
              draft: Optional[Draft] = None) -> None:
        r.add(slug, (draft or two()).having(counts={at: value}).data(), code,
              "HDR-8" + (" LIM-1" if code == "LENGTH" else ""), why, kills)

    count("records-0", 28, 0, "A segment without records is taken.", "count-zero-accepted",
          draft=Draft([tombstone(same(1))], blocks=()))
    count("records-2-24", 28, 2**24, "The number of records is not limited.", "record-count-unlimited")
    count("records-greatest", 28, U32, "The number of records is read as minus one.",
          "record-count-unlimited")
    count("records-2-24-less-1", 28, 2**24 - 1,
          "The greatest number of records is refused, or memory is reserved for it.",
          "record-count-exclusive reserves-first", "LENGTH")
    count("extents-2-28-and-1", 32, 2**28 + 1, "The number of ExtentRecords is not limited.",
          "extent-count-unlimited")
    count("extents-greatest", 32, U32, "The number of ExtentRecords is read as minus one.",
          "extent-count-unlimited count-signed")
    count("extents-2-28", 32, 2**28,
          "The greatest number of ExtentRecords is refused, or memory is reserved for it.",
          "extent-count-exclusive reserves-first", "LENGTH")
    count("blocks-greatest", 36, U32, "The number of blocks is read as minus one.",
          "block-count-unlimited count-signed")
    count("domains-greatest", 40, U32, "The number of domains is read as minus one.",
          "domain-count-unlimited count-signed")
    count("domains-65536", 40, 65536, "The number of domains is read as u16.",
          "domain-count-unlimited domain-count-u16")
    extra = Draft([Raw(same(1)), Raw(same(2), block=1)], blocks=(same(0xB0), same(0xB1), same(0xB2)))
    r.add("blocks-one-too-many", extra.data(), "COUNT", "HDR-8", "More blocks than can be named are read.",
          "block-count-unlimited")
    more = many().having(blocks=tuple(same(0xB0 + i) for i in range(10)))
    r.add("blocks-one-too-many-with-extents", more.data(), "COUNT", "HDR-8",
          "More blocks than can be named are read.",
          "block-count-unlimited")
    crowded = Draft([Raw(same(1), domain=1, source=2)], domains=(same(0xD1), same(0xD2), same(0xD3)))
    r.add("domains-one-too-many", crowded.data(), "COUNT", "HDR-8",
          "More domains than can be named are read.", "domain-count-unlimited")

    def length(slug: str, data: bytes, why: str, kills: str, clauses: str = "FILE-3") -> None:
        r.add(slug, data, "LENGTH", clauses, why, kills)

    length("short-by-one", whole[:-1], "A file that is too short is read.", "length-unchecked length-at-most")
    length("without-footer", whole[:-16], "The footer may be missing.", "length-unchecked length-at-most")
    length("first-page-only", whole[:4096], "A file that is too short is read.",
           "length-unchecked length-at-most")
    length("long-by-one", whole + b"\0", "What follows the footer is ignored.",
           "length-unchecked length-at-least")
    length("long-by-a-page", whole.ljust(8192, b"\0"), "Zeros up to the end of a page are ignored.",
           "length-unchecked length-at-least length-padded")
    length("footer-at-the-end-of-longer-file", whole[:-16] + bytes(32) + whole[-16:],
           "The footer is looked for at the end only.",
           "length-unchecked length-at-least", "FILE-3 FILE-1")
    length("records-not-aligned", two().having(records_at=136).data(),
           "The records follow the fan-out directly.",
           "records-not-aligned length-unchecked", "FILE-1 FILE-3")
    length("records-a-page-later", two().having(records_at=8192).data(),
           "The records are found by the length of the file.",
           "length-unchecked", "FILE-1 FILE-3")
    length("filter-for-63", Draft([tombstone(d) for d in digests(63)], blocks=(), records_at=4096 + 64,
                                  bloom=bytes(96)).data(),
           "A filter is looked for at 63 records.", "length-unchecked", "BLM-1 FILE-3")
    length("no-filter-for-64", Draft([tombstone(d) for d in digests(64)], blocks=(), records_at=4096 + 64,
                                     bloom=b"").data(),
           "A filter may be missing.", "length-unchecked", "BLM-1 FILE-3")

    footer = len(whole) - 16
    for slug, value in (("short-by-one", len(whole) - 1), ("long-by-one", len(whole) + 1), ("zero", 0),
                        ("without-footer", footer), ("plus-2-32", len(whole) + 2**32)):
        r.add(f"footer-length-{slug}", change(whole, footer, value.to_bytes(8, "little")), "FOOTER", "FTR-1",
              "The length in the footer is not compared.",
              "footer-length-unchecked footer-unchecked" + (" footer-length-u32" if slug == "plus-2-32" else ""))
    r.add("footer-length-big-endian", change(whole, footer, len(whole).to_bytes(8, "big")), "FOOTER", "FTR-1",
          "The length in the footer is read big-endian.", "footer-length-unchecked footer-unchecked")
    r.add("footer-magic-first-byte", change(whole, footer + 8, b"a"), "FOOTER", "FTR-1",
          "The magic of the footer is not compared.",
          "footer-magic-unchecked footer-unchecked")
    r.add("footer-magic-of-header", change(whole, footer + 8, b"ASLSEG01"), "FOOTER", "FTR-1",
          "The magic of the header is taken.",
          "footer-magic-unchecked footer-unchecked")
    for at in (136, 2000, 4095):
        r.add(f"padding-{at}", change(whole, at, b"\1"), "PADDING", "FILE-2", "The padding is not looked at.",
              "padding-unchecked" + (" padding-last-unchecked" if at == 4095 else ""))
    return r.group


def decode_refused_tables() -> Group:
    r = Refusals("decode-refused-tables")
    b, d = (same(0xB0), same(0xB1)), (same(0xD1), same(0xD2))
    blocks = Draft([Raw(same(1)), Raw(same(2), block=1)], blocks=b)
    r.add("blocks-descending", blocks.having(blocks=b[::-1]).data(), "TABLE.ORDER", "TAB-1 FILE-4",
          "The order of a table is not checked.",
          "table-order-unchecked block-order-unchecked")
    r.add("block-twice", blocks.having(blocks=(b[0], b[0])).data(), "TABLE.ORDER", "TAB-1",
          "A block stands in the table twice.",
          "table-order-unchecked table-order-not-strict block-order-unchecked")
    r.add("blocks-signed-order", blocks.having(blocks=(same(0x80), same(0x7F))).data(), "TABLE.ORDER",
          "TAB-1",
          "Bytes are compared as signed.", "table-order-unchecked table-order-signed block-order-unchecked")
    r.add("blocks-last-byte-descending", blocks.having(blocks=(b[0][:-1] + b"\2", b[0][:-1] + b"\1")).data(),
          "TABLE.ORDER", "TAB-1",
          "Only the beginning of an entry is compared.",
          "table-order-unchecked table-order-prefix block-order-unchecked")
    r.add("domains-descending", domained().having(domains=d[::-1]).data(), "TABLE.ORDER", "TAB-1 FILE-4",
          "The order of a table is not checked.", "table-order-unchecked domain-order-unchecked")
    r.add("domain-twice", domained().having(domains=(d[0], d[0])).data(), "TABLE.ORDER", "TAB-1",
          "A domain stands in the table twice.",
          "table-order-unchecked table-order-not-strict domain-order-unchecked")
    r.add("domain-zero", domained().having(domains=(bytes(32), d[0])).data(), "TABLE.ZERO", "TAB-3",
          "This domain may stand in the table.", "domain-zero-accepted")
    r.add("domain-zero-alone", Draft([Raw(same(1), domain=1)], domains=(bytes(32),)).data(), "TABLE.ZERO",
          "TAB-3",
          "This domain may stand in the table.", "domain-zero-accepted")
    r.add("block-unused-first", two().with_record(0, block=1).with_record(1, block=1).having(blocks=b).data(),
          "TABLE.UNUSED", "TAB-2",
          "An entry that nothing names is let pass.", "unused-unchecked unused-blocks-unchecked")
    r.add("block-unused-last", two().having(blocks=b).data(), "TABLE.UNUSED", "TAB-2",
          "An entry that nothing names is let pass.",
          "unused-unchecked unused-blocks-unchecked")
    r.add("block-of-tombstones", Draft([tombstone(same(1))]).data(), "TABLE.UNUSED", "TAB-2 REC-7",
          "Block 0 is taken to be named by a tombstone.",
          "unused-unchecked unused-by-tombstone unused-blocks-unchecked")
    spare = Draft([multi(same(1), 0, 2)], [(1, 0, 1, 0), (1, 5, 1, 0)], b)
    r.add("block-named-by-number-of-extent", spare.data(), "TABLE.UNUSED", "TAB-2",
          "The number of the first ExtentRecord is taken for a block.",
          "unused-unchecked unused-by-extent-number unused-blocks-unchecked")
    r.add("domain-unused-last", Draft([Raw(same(1), domain=1)], domains=d).data(), "TABLE.UNUSED", "TAB-2",
          "An entry that nothing names is let pass.", "unused-unchecked unused-domains-unchecked")
    r.add("domain-unused-first", Draft([Raw(same(1), source=2)], domains=d).data(), "TABLE.UNUSED", "TAB-2",
          "An entry that nothing names is let pass.", "unused-unchecked unused-domains-unchecked")
    return r.group


def decode_refused_records() -> Group:
    r = Refusals("decode-refused-records")

    def add(slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str) -> None:
        r.add(slug, draft.data(), code, clauses, why, kills)

    order = "order-unchecked"
    add("order-first-two", Draft([Raw(same(2)), Raw(same(1)), Raw(same(3))]), "ORDER", "REC-1 FILE-4",
        "The order is not checked.", order)
    add("order-last-two", Draft([Raw(same(1)), Raw(same(9)), Raw(same(8)), Raw(same(9)[:-1] + b"\xff")]),
        "ORDER", "REC-1",
        "Only the first two are compared.", f"{order} order-first-pair")
    add("digest-twice", Draft([Raw(same(1)), Raw(same(1)), Raw(same(3))]), "ORDER", "REC-1 IDX-REC-2",
        "A digest stands twice.",
        f"{order} order-not-strict")
    add("digest-twice-other-logseq", Draft([Raw(same(1), logseq=1), Raw(same(1), logseq=2),
                                            Raw(same(3), logseq=1)]), "ORDER", "REC-1 IDX-REC-2",
        "A digest may stand once for each logseq.", f"{order} order-not-strict order-with-logseq")
    add("order-signed", Draft([Raw(same(0x80)), Raw(same(0x7F))]), "ORDER", "REC-1 HDR-9",
        "Bytes are compared as signed.",
        f"{order} order-signed-decode")
    close = same(1)[:-1]
    add("order-last-byte", Draft([Raw(close + b"\2"), Raw(close + b"\1"), Raw(close + b"\3")]), "ORDER",
        "REC-1",
        "Only the first bytes are compared.", f"{order} order-prefix-decode")
    add("logseq-0-1", two().with_record(1, logseq=1), "LOGSEQ", "REC-2", "A mixture is read.",
        "logseq-mixture-accepted")
    add("logseq-1-0", two().with_record(0, logseq=1), "LOGSEQ", "REC-2", "A mixture is read.",
        "logseq-mixture-accepted logseq-zero-after")
    add("logseq-last-of-three", three().with_record(2, logseq=2**32), "LOGSEQ", "REC-2",
        "32 bits of the logseq are compared with 0.",
        "logseq-mixture-accepted logseq-u32 logseq-first-pair")
    for value in (3, 4, 128, 255):
        add(f"flags-{value}", tombstoned(value), "RECORD.FLAGS", "REC-3",
            "Flags that are not known are ignored, or both are taken.",
            "record-flags-unchecked")
    for value in (2, 128, 255):
        add(f"has-type-tag-{value}", two().with_record(0, has_type_tag=value, type_tag=7), "RECORD.TAG",
            "REC-4",
            "Every value but 0 says that there is a tag.", "has-type-tag-truthy")
    add("tag-without-flag", two().with_record(0, type_tag=1), "RECORD.TAG", "REC-4",
        "A tag is taken without its flag.", "tag-without-flag-ignored")
    add("tag-without-flag-high-byte", two().with_record(1, type_tag=2**31), "RECORD.TAG", "REC-4",
        "A tag is taken without its flag.",
        "tag-without-flag-ignored tag-u16")
    for value in (2, 3, 255):
        add(f"visibility-{value}", two().with_record(0, visibility=value), "RECORD.VISIBILITY", "REC-5",
            "A visibility that is not known is taken for published or internal.", "visibility-unchecked")
    for value in (1, 128):
        add(f"reserved-{value}", two().with_record(1, reserved=value), "RESERVED", "HDR-7",
            "A reserved byte of a record is ignored.",
            "record-reserved-unchecked")
    add("tombstone-reserved", Draft([tombstone(same(1), reserved=1)], blocks=()), "RESERVED", "HDR-7",
        "A reserved byte of a tombstone is ignored.", "record-reserved-unchecked")
    add("domain-beyond", domained().with_record(0, domain=3).with_record(1, source=1), "RECORD.DOMAIN",
        "REC-6",
        "A domain beyond the table is read.", "domain-bounds-unchecked domain-bounds-exclusive")
    add("source-beyond", domained().with_record(0, source=3), "RECORD.DOMAIN", "REC-6",
        "A source beyond the table is read.",
        "domain-bounds-unchecked source-bounds-unchecked domain-bounds-exclusive")
    add("domain-without-table", two().with_record(0, domain=1), "RECORD.DOMAIN", "REC-6",
        "Domain 1 is there without a table.",
        "domain-bounds-unchecked domain-bounds-exclusive")
    add("domain-greatest", domained().with_record(0, source=65535), "RECORD.DOMAIN", "REC-6",
        "The greatest ordinal stands for none.",
        "domain-bounds-unchecked source-bounds-unchecked domain-greatest-is-none")
    add("tombstone-domain-beyond", Draft([tombstone(same(1), domain=1)], blocks=()), "RECORD.DOMAIN",
        "REC-6 REC-7",
        "The domain of a tombstone is not looked at.",
        "domain-bounds-unchecked tombstone-domain-unchecked domain-bounds-exclusive")

    def grave(name: str, **fields: int) -> None:
        add(f"tombstone-{name}", Draft([Raw(same(1), block=0), tombstone(same(2), **fields)]),
            "RECORD.TOMBSTONE", "REC-7",
            "A tombstone is read without looking at its other fields.",
            f"tombstone-fields-unchecked tombstone-{name}-unchecked")

    grave("block", block=1)
    grave("offset", offset=1)
    grave("length", length=5)
    grave("tag", has_type_tag=1, type_tag=7)
    grave("tag-zero", has_type_tag=1)
    add("block-beyond", two().with_record(1, block=1), "RECORD.BLOCK", "REC-8",
        "A block beyond the table is read.",
        "block-bounds-unchecked block-bounds-inclusive")
    add("block-greatest", two().with_record(0, block=U32), "RECORD.BLOCK", "REC-8",
        "The block is read as minus one.",
        "block-bounds-unchecked block-signed")
    add("block-without-table", Draft([Raw(same(1))], blocks=()), "RECORD.BLOCK", "REC-8",
        "Block 0 is there without a table.",
        "block-bounds-unchecked block-bounds-inclusive")
    add("slice-ends-at-2-32", two().with_record(0, offset=U32, length=1), "RECORD.BLOCK", "REC-8",
        "A slice may end at 2^32.",
        "slice-unchecked slice-limit-inclusive slice-wraps")
    add("slice-offset-1-greatest-length", two().with_record(0, offset=1, length=U32), "RECORD.BLOCK", "REC-8",
        "A slice may end at 2^32.",
        "slice-unchecked slice-limit-inclusive slice-wraps")
    add("slice-wraps", two().with_record(0, offset=U32, length=U32), "RECORD.BLOCK", "REC-8",
        "The end is computed in 32 bits.",
        "slice-unchecked slice-wraps")
    add("empty-other-block", two().with_record(0, length=0), "EXTENT.EMPTY", "REC-9",
        "The empty artifact may stand in any block.",
        "empty-unchecked empty-any-block")
    empty = Draft([Raw(same(1), length=0, offset=1)], blocks=(EMPTY_BLOCK,))
    add("empty-offset-1", empty, "EXTENT.EMPTY", "REC-9", "The empty artifact may stand at any offset.",
        "empty-unchecked empty-any-offset")
    add("empty-offset-greatest", empty.with_record(0, offset=U32), "EXTENT.EMPTY", "REC-9",
        "The empty artifact may stand at any offset.",
        "empty-unchecked empty-any-offset")

    def extents(slug: str, draft: Draft, why: str, kills: str, clauses: str = "REC-10") -> None:
        add(slug, draft, "RECORD.EXTENTS", clauses, why, kills)

    extents("multi-length-1", many().with_record(1, length=1), "A multi-extent record may carry a length.",
            "multi-length-unchecked")
    extents("multi-length-of-artifact", many().with_record(1, length=3),
            "The length of the artifact may stand in the record.",
            "multi-length-unchecked multi-length-sum-accepted")
    one = Draft([multi(same(1), 0, 1)], [(0, 0, 5, 0)])
    extents("multi-of-one", one, "A multi-extent record may have one extent.",
            "multi-count-one-accepted multi-count-unchecked")
    none = Draft([Raw(same(1)), multi(same(2), 0, 0)])
    extents("multi-of-none", none, "A multi-extent record may have no extent.", "multi-count-unchecked")
    extents("multi-first-too-low", many().with_record(3, block=1), "Records may share ExtentRecords.",
            "multi-first-unchecked")
    extents("multi-first-too-high", many().with_record(1, block=1),
            "The number of the first ExtentRecord is not compared.", "multi-first-unchecked")
    extents("multi-first-skips-one", many().with_record(3, block=3, offset=2),
            "ExtentRecords may be left out.", "multi-first-at-least")
    shared = Draft([multi(same(1), 0, 2), multi(same(2), 0, 2)], [(0, 0, 1, 0), (0, 5, 1, 0)])
    extents("multi-shared", shared, "Two records share their ExtentRecords.",
            "multi-first-unchecked extents-from-zero-accepted", "REC-10 EXT-1")
    swapped = Draft([multi(same(1), 2, 2), multi(same(2), 0, 2)],
                    [(0, 0, 1, 0), (0, 5, 1, 0), (0, 7, 1, 0), (0, 9, 1, 0)])
    extents("multi-not-in-order", swapped, "ExtentRecords may stand in another order than the records.",
            "multi-first-unchecked",
            "REC-10 EXT-1 FILE-4")
    extents("multi-beyond", many().with_record(3, offset=4), "A range may end after the last ExtentRecord.",
            "multi-end-unchecked")
    extents("multi-count-greatest", many().with_record(3, offset=U32),
            "The end of a range is computed in 32 bits.",
            "multi-end-unchecked multi-end-wraps")
    extents("multi-first-greatest", many().with_record(1, block=U32),
            "The end of a range is computed in 32 bits.",
            "multi-first-unchecked")
    extents("multi-without-extents", Draft([Raw(same(1)), multi(same(2), 0, 2)]),
            "ExtentRecords are read from the tables.", "multi-end-unchecked")
    left = Draft([Raw(same(1)), multi(same(2), 0, 2)], [(0, 0, 1, 0), (0, 5, 1, 0), (0, 9, 1, 0)])
    extents("extent-left-over", left, "ExtentRecords that nothing names are ignored.",
            "extents-left-over-accepted", "EXT-1")
    extents("extents-without-records", Draft([Raw(same(1))], [(0, 0, 1, 0)]),
            "ExtentRecords that nothing names are ignored.",
            "extents-left-over-accepted", "EXT-1")

    def in_extents(slug: str, i: int, value: Tuple[int, int, int, int], code: str, clauses: str, why: str,
                   kills: str) -> None:
        draft = many()
        changed = list(draft.extents)
        changed[i] = value
        add(slug, draft.having(extents=changed), code, clauses, why, kills)

    in_extents("extent-block-beyond", 1, (2, 0, 2, 0), "RECORD.BLOCK", "EXT-2",
               "A block beyond the table is read.",
               "block-bounds-unchecked block-bounds-inclusive extent-slice-unchecked")
    in_extents("extent-block-greatest", 4, (U32, 0, 2, 0), "RECORD.BLOCK", "EXT-2",
               "The block is read as minus one.",
               "block-bounds-unchecked block-signed extent-slice-unchecked")
    in_extents("extent-slice-ends-at-2-32", 0, (0, U32, 1, 0), "RECORD.BLOCK", "EXT-2",
               "A slice may end at 2^32.",
               "slice-unchecked slice-limit-inclusive slice-wraps extent-slice-unchecked")
    in_extents("extent-slice-wraps", 0, (0, U32, U32, 0), "RECORD.BLOCK", "EXT-2",
               "The end is computed in 32 bits.",
               "slice-unchecked slice-wraps extent-slice-unchecked")
    in_extents("extent-length-0", 1, (1, 0, 0, 0), "EXTENT.EMPTY", "EXT-3",
               "An extent without bytes is read.", "extent-empty-accepted")
    hollow = Draft([multi(same(1), 0, 2)], [(0, 0, 5, 0), (1, 0, 0, 0)], (same(0xB0), EMPTY_BLOCK))
    add("extent-empty-block", hollow, "EXTENT.EMPTY", "EXT-3",
        "The empty block may be one of several extents.",
        "extent-empty-accepted extent-empty-block-accepted")
    for value in (1, 2**8, 2**31):
        in_extents(f"extent-reserved-{value}", 0, (0, 0, 1, value), "RESERVED", "HDR-7",
                   "A reserved byte of an ExtentRecord is ignored.",
                   "extent-reserved-unchecked")
    return r.group


def extents_of(*extents: Tuple[int, int, int, int], **fields: int) -> Draft:
    return Draft([multi(same(1), 0, 2, **fields)], extents)


def tombstoned(flags: int) -> Draft:
    """A record that is valid as a tombstone, with the flags given."""
    return Draft([Raw(same(1)), tombstone(same(2), flags=flags)])


def decode_refused_sums() -> Group:
    """Faults in what follows from the records."""
    r = Refusals("decode-refused-sums")

    def add(slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str) -> None:
        r.add(slug, draft.data(), code, clauses, why, kills)

    ranges = "range-unchecked"
    add("first-lower", two().having(first=same(1)[:-1] + b"\0"), "RANGE", "HDR-9",
        "The first digest may be lower than the records.",
        f"{ranges} range-first-unchecked range-at-most")
    add("first-zero", two().having(first=bytes(32)), "RANGE", "HDR-9",
        "The first digest may be lower than the records.",
        f"{ranges} range-first-unchecked range-at-most")
    add("first-greater", two().having(first=same(1)[:-1] + b"\2"), "RANGE", "HDR-9",
        "The first digest may be greater than the first record.",
        f"{ranges} range-first-unchecked")
    add("last-greater", two().having(last=b"\xff" * 32), "RANGE", "HDR-9",
        "The last digest may be greater than the records.",
        f"{ranges} range-last-unchecked range-at-most")
    add("last-lower", two().having(last=same(1)), "RANGE", "HDR-9",
        "The last digest may be lower than the last record.",
        f"{ranges} range-last-unchecked")
    add("first-and-last-swapped", two().having(first=same(2), last=same(1)), "RANGE", "HDR-9",
        "The digests may change places.", ranges)

    fan = "fan-out-unchecked"
    add("fan-out-one-record", Draft([Raw(same(1))], fan_out=[0, 0]), "FANOUT", "FAN-2 FAN-1",
        "The fan-out is not compared.", fan)
    add("fan-out-first-1", four().having(fan_out=[1, 2, 4]), "FANOUT", "FAN-2",
        "The first entry is taken to be 0.",
        f"{fan} fan-out-first-unchecked fan-out-rising-only")
    add("fan-out-middle-1", four().having(fan_out=[0, 1, 4]), "FANOUT", "FAN-2 FAN-1",
        "It is enough that the entries rise.",
        f"{fan} fan-out-rising-only")
    add("fan-out-middle-3", four().having(fan_out=[0, 3, 4]), "FANOUT", "FAN-2 FAN-1",
        "It is enough that the entries rise.",
        f"{fan} fan-out-rising-only")
    add("fan-out-last-3", four().having(fan_out=[0, 2, 3]), "FANOUT", "FAN-2",
        "The last entry is not looked at.",
        f"{fan} fan-out-last-unchecked fan-out-rising-only")
    add("fan-out-last-5", four().having(fan_out=[0, 2, 5]), "FANOUT", "FAN-2",
        "The last entry is not looked at.", f"{fan} fan-out-last-unchecked")
    add("fan-out-falling", four().having(fan_out=[0, 5, 4]), "FANOUT", "FAN-2",
        "The fan-out is not compared.", fan)
    add("fan-out-greatest", four().having(fan_out=[0, U32, 4]), "FANOUT", "FAN-2",
        "An entry is read as minus one.", fan)
    add("fan-out-plus-2-16", four().having(fan_out=[0, 2 + 2**16, 4]), "FANOUT", "FAN-2",
        "Two bytes of an entry are compared.", f"{fan} fan-out-u16")
    near = Draft([Raw(digest) for digest in clustered(4, 8)])
    plain = [0, 4, 4] if near.digests[0][0] < 0x80 else [0, 0, 4]
    add("fan-out-by-first-bits", near.having(fan_out=plain), "FANOUT", "FAN-2 FAN-1",
        "Buckets are taken from the first bits of the digest.",
        f"{fan} fan-out-rising-only fan-out-from-start")

    bloom = "bloom-unchecked"
    right = segment._bloom(digests(64))
    set_bits = [i for i in range(8 * len(right)) if right[i // 8] >> i % 8 & 1]
    clear_bits = [i for i in range(8 * len(right)) if not right[i // 8] >> i % 8 & 1]

    def bit(i: int) -> bytes:
        return right[: i // 8] + bytes([right[i // 8] ^ 1 << i % 8]) + right[i // 8 + 1 :]

    add("filter-bit-missing-first", filtered().having(bloom=bit(set_bits[0])), "BLOOM", "BLM-2 BLM-3",
        "The filter is not compared.", bloom)
    add("filter-bit-missing-last", filtered().having(bloom=bit(set_bits[-1])), "BLOOM", "BLM-2",
        "Only the first block is compared.",
        f"{bloom} bloom-first-block-only")
    add("filter-bit-too-many", filtered().having(bloom=bit(clear_bits[0])), "BLOOM", "BLM-2",
        "It is enough that the filter knows every record.",
        f"{bloom} bloom-superset-accepted")
    add("filter-full", filtered().having(bloom=b"\xff" * 96), "BLOOM", "BLM-2",
        "It is enough that the filter knows every record.",
        f"{bloom} bloom-superset-accepted")
    add("filter-zero", filtered().having(bloom=bytes(96)), "BLOOM", "BLM-2 BLM-3",
        "A filter of zeros is taken for none.",
        f"{bloom} bloom-zero-is-none")
    return r.group


def decode_id() -> Group:
    r = Refusals("decode-id")
    data = two().data()
    right = segment.segment_id(data)

    def digest(slug: str, given: bytes, name: bytes, clauses: str, why: str, kills: str) -> None:
        r.add(slug, given, "DIGEST", clauses, why, kills, segmentId=name.hex())

    plain = hashlib.sha256(data).digest()
    first, second = (hashlib.sha256(page).digest() for page in (data[:4096], data[4096:]))
    digest("of-the-file", data, plain, "ID-1 ID-2", "The SegmentID is the hash of the file.",
           "id-unchecked id-flat")
    digest("leaves-without-prefix", data, hashlib.sha256(b"\1" + first + second).digest(), "ID-1 ID-2",
           "Leaves are hashed without their prefix.", "id-unchecked id-without-prefix")
    leaves = [hashlib.sha256(b"\0" + page).digest() for page in (data[:4096], data[4096:])]
    digest("nodes-without-prefix", data, hashlib.sha256(leaves[0] + leaves[1]).digest(), "ID-1 ID-2",
           "Nodes are hashed without their prefix.", "id-unchecked id-node-without-prefix")
    digest("nodes-swapped", data, hashlib.sha256(b"\1" + leaves[1] + leaves[0]).digest(), "ID-1 ID-2",
           "Right stands before left.",
           "id-unchecked id-swapped")
    padded = hashlib.sha256(b"\0" + data[4096:].ljust(4096, b"\0")).digest()
    digest("last-page-padded", data, hashlib.sha256(b"\1" + leaves[0] + padded).digest(), "ID-1 ID-2",
           "The last page is filled up with zeros.", "id-unchecked id-padded")
    digest("first-page-only", data, leaves[0], "ID-1 ID-2", "Only the first page is hashed.", "id-unchecked")
    digest("last-bit", data, right[:-1] + bytes([right[-1] ^ 1]), "ID-2", "Only the beginning is compared.",
           "id-unchecked id-prefix-only")
    digest("zero", data, bytes(32), "ID-2", "A SegmentID of zero is taken for none.",
           "id-unchecked id-zero-is-none")
    digest("order-before-truncated", b"", right, "ID-2 HDR-1",
           "The header is read before the file is known to be the one.",
           "id-unchecked id-after-header")
    digest("order-before-magic", two().having(magic=b"ASLSEG02").data(), right, "ID-2 HDR-2",
           "The header is read before the file is known to be the one.", "id-unchecked id-after-header")
    digest("order-before-length", data + b"\0", right, "ID-2 FILE-3",
           "The length is checked before the SegmentID.",
           "id-unchecked id-after-header")
    broken = two().with_record(0, reserved=1).data()
    r.add("order-named-fault", broken, "RESERVED", "ID-2 HDR-7",
          "A file that is the one its name says is taken as it is.",
          "record-reserved-unchecked", segmentId=segment.segment_id(broken).hex())
    r.add("order-header-before-length", two().having(magic=b"ASLSEG02").data()[:-1], "MAGIC", "HDR-2 FILE-3",
          "The length is checked before the header.", "magic-unchecked")
    r.add("order-length-before-footer", change(two().data(), len(data) - 1, b"X")[:-1] + b"XX", "LENGTH",
          "FILE-3 FTR-1",
          "The footer is looked for at the end of the file.", "length-unchecked")
    r.add("order-footer-before-padding", change(change(data, len(data) - 1, b"X"), 200, b"\1"), "FOOTER",
          "FTR-1 FILE-2",
          "The padding is looked at before the footer.",
          "footer-unchecked footer-magic-unchecked padding-before-footer")
    r.add("order-padding-before-tables", change(Draft([Raw(same(1)), Raw(same(2), block=1)],
                                                      blocks=(same(2), same(1))).data(), 200, b"\1"),
          "PADDING", "FILE-2 TAB-1", "The tables are read before the padding.", "padding-unchecked")
    r.add("order-tables-before-records", Draft([Raw(same(2)), Raw(same(1), block=1), Raw(same(3))],
                                               blocks=(same(2), same(1))).data(),
          "TABLE.ORDER", "TAB-1 REC-1", "The records are read before the tables.",
          "table-order-unchecked block-order-unchecked")
    r.add("order-table-order-before-zero", domained().having(domains=(same(1), bytes(32))).data(),
          "TABLE.ORDER", "TAB-1 TAB-3",
          "The zero DomainID is looked for before the order.", "table-order-unchecked domain-order-unchecked")
    r.add("order-record-by-record", Draft([Raw(same(1), visibility=2), Raw(same(3)), Raw(same(2)),
                                           Raw(same(4))]).data(), "RECORD.VISIBILITY",
          "REC-5 REC-1", "The order is checked for all records before their fields.",
          "visibility-unchecked order-checked-first")
    for slug, code, clauses, value in (("block", "RECORD.BLOCK", "EXT-2 HDR-7", (1, 0, 1, 1)),
                                       ("length", "EXTENT.EMPTY", "EXT-3 HDR-7", (0, 0, 0, 1))):
        r.add(f"order-extent-{slug}-before-reserved", extents_of((0, 5, 1, 0), value).data(), code, clauses,
              "The reserved bytes of an ExtentRecord are looked at before its fields.",
              "extent-reserved-first")
    r.add("order-reserved-before-domain", two().with_record(0, reserved=1, domain=1).data(), "RESERVED",
          "HDR-7 REC-6",
          "The reserved byte of a record is looked at after its fields.",
          "record-reserved-unchecked record-reserved-last")
    r.add("order-visibility-before-reserved", two().with_record(0, reserved=1, visibility=2).data(),
          "RECORD.VISIBILITY",
          "HDR-7 REC-5", "The reserved byte of a record is looked at before its fields.",
          "visibility-unchecked record-reserved-first")
    r.add("order-of-record-checks", Draft([Raw(same(2)), Raw(same(1), flags=3), Raw(same(3))]).data(),
          "ORDER", "REC-1 REC-3",
          "The fields of a record are checked before its place.", "order-unchecked")
    r.add("order-flags-before-tag", two().with_record(0, flags=3, has_type_tag=2).data(), "RECORD.FLAGS",
          "REC-3 REC-4",
          "The checks of a record are made in the order of its bytes.",
          "record-flags-unchecked tag-before-flags")
    r.add("order-left-over-before-unused", Draft([Raw(same(1))], [(0, 0, 1, 0)],
                                                 (same(0xB0), same(0xB1))).data(), "RECORD.EXTENTS",
          "EXT-1 TAB-2", "Table entries are checked before ExtentRecords that are left over.",
          "extents-left-over-accepted unused-before-left-over")
    r.add("order-unused-before-range", two().having(blocks=(same(0xB0), same(0xB1)), first=bytes(32)).data(),
          "TABLE.UNUSED",
          "TAB-2 HDR-9", "The range is checked with the header.",
          "unused-unchecked unused-blocks-unchecked range-before-records")
    r.add("order-range-before-fan-out", four().having(first=bytes(32), fan_out=[0, 3, 4]).data(), "RANGE",
          "HDR-9 FAN-2",
          "The fan-out is compared before the range.", "range-unchecked range-first-unchecked range-at-most")
    r.add("order-fan-out-before-filter", filtered().having(bloom=bytes(96), fan_out=[0] * 32 + [64]).data(),
          "FANOUT", "FAN-2 BLM-2",
          "The filter is compared before the fan-out.", "fan-out-unchecked fan-out-rising-only")
    return r.group


def identity() -> Group:
    g = group("id", "id")

    def add(slug: str, data: Any, clauses: str, why: str, kills: str) -> None:
        g.ok(slug, "output", {"bytes": data}, None, clauses=clauses, why=why, kills=kills)

    g.ok("no-pages", "output", {"bytes": ""},
         {"segmentId": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
         clauses="ID-1", why="No pages are taken for one empty page.", kills="id-empty-page")
    one = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
    g.ok("one-byte", "output", {"bytes": "00"}, {"segmentId": one}, clauses="ID-1",
         why="A page is hashed without its prefix.",
         kills="id-without-prefix id-padded")
    kills = {4095: "id-padded id-flat", 4096: "id-empty-last-page", 4097: "id-node-without-prefix id-swapped",
             8192: "id-empty-last-page id-pages-of-8192", 8193: "id-odd-doubled",
             12288: "id-odd-doubled id-split-in-half-up",
             16384: "id-empty-last-page", 16385: "id-odd-doubled id-split-in-half",
             20480: "id-odd-doubled id-split-in-half",
             24576: "id-split-in-half", 28672: "id-odd-doubled", 36864: "id-split-in-half id-odd-doubled"}
    for length, killed in kills.items():
        add(f"length-{length}", {"gen": "splitmix64", "seed": str(length), "length": str(length)}, "ID-1",
            "Pages are cut, or the tree is split, in another way.", killed)
    return g


# Lookups


def key(digest: bytes, hash_id: int = 1) -> str:
    return (hash_id.to_bytes(2, "big") + digest).hex()


def spread() -> Draft:
    """63 records on the second page, their ExtentRecords on the second and the third, tables on the third."""
    raws: List[Raw] = []
    for i, digest in enumerate(digests(63)):
        other = tombstone(digest) if i % 2 else Raw(digest, domain=1, block=1)
        raws.append(multi(digest, 0, 8) if i == 5 else other)
    return Draft(raws, [(0, 10 * j, j + 1, 0) for j in range(8)], (same(0xB0), same(0xB1)), (same(0xD1),))


def look_up() -> Group:
    g = group("lookup", "lookup")

    def add(slug: str, draft: Draft, name: str, clauses: str, why: str, kills: str, found: Optional[int],
            **more: Any) -> None:
        given = {"bytes": describe(draft.data()), "key": name, **more}
        ok = OPERATIONS["segment.lookup"](given)
        whole = segment.decode_segment(draft.data())
        expected = {"absent": True} if found is None else {"record": record_json(whole[found])}
        if ok != expected:
            raise ValueError(f"{slug}: {ok}")
        g.ok(slug, "output", given, expected, clauses=clauses, why=why, kills=kills)

    one = Draft([Raw(same(0x55), has_type_tag=1, type_tag=9)])
    add("one-record", one, key(same(0x55)), "FAN-1 FAN-3 ID-3 BLM-1",
        "A segment of one record has no buckets.", "lookup-one-absent", 0)
    add("one-record-other-key", one, key(same(0x56)), "FAN-1 FAN-3",
        "The only record is the answer to every key.", "lookup-digest-unchecked lookup-range-only", None)
    add("one-record-last-byte-differs", one, key(same(0x55)[:-1] + b"\x56"), "FAN-1",
        "Only the first bytes of a digest are compared.",
        "lookup-digest-prefix lookup-digest-unchecked lookup-range-only", None)
    add("other-hash-function", one, key(same(0x55), 2), "HDR-6 CORE-HASH-5",
        "The hash_id of a key is not compared.", "lookup-hash-id-ignored", None)
    add("hash-function-of-segment", one.having(hash_id=2), key(same(0x55), 2), "HDR-6",
        "The key of a record is of SHA-256.", "hash-id-always-one", 0)
    for i, n in enumerate((0x10, 0x20, 0x90, 0xA0)):
        add(f"four-record-{i}", four(), key(same(n)), "FAN-1 FAN-3",
            "The first or the last record of a bucket is passed over.",
            "lookup-bucket-exclusive" if i % 2 else "lookup-bucket-from-second", i)
    for slug, n in (("below", 0x0F), ("above", 0xA1), ("between", 0x18), ("between-buckets", 0x55)):
        add(f"four-absent-{slug}", four(), key(same(n)), "FAN-1 FAN-3 HDR-9",
            "A key that is not there gets the record next to it.",
            "lookup-digest-unchecked" + (" lookup-bucket-out-of-range" if slug in ("below", "above") else ""),
            None)
    empty = Draft([Raw(same(0x10)), Raw(same(0x11)), Raw(same(0x12)), Raw(same(0x13)), Raw(same(0x14)),
                   Raw(same(0x15)),
                   Raw(same(0x16)), Raw(same(0x90))])
    add("empty-bucket", empty, key(same(0x60)), "FAN-1 FAN-3", "An empty bucket ends in another error.",
        "lookup-digest-unchecked", None)
    for bits in (3, 8, 100):
        draft = Draft([Raw(digest) for digest in clustered(16, bits)])
        for i in (0, 7, 15):
            add(f"clustered-{bits}-record-{i}", draft, key(draft.digests[i]), "FAN-1 FAN-3",
                "Buckets are taken from the first bits of the digest.",
                "fan-out-from-start" if i else "lookup-bucket-from-second", i)
    tails = Draft([Raw(HELLO[:31] + bytes([i])) for i in range(0xF0, 0x100)])
    add("differ-in-last-bits", tails, key(HELLO[:31] + b"\xf9"), "FAN-1",
        "Only the first bytes of a digest are compared.",
        "lookup-digest-prefix fan-out-from-start", 9)
    add("tombstone", Draft([Raw(same(1)), tombstone(same(2), domain=1)], domains=(same(0xD1),)), key(same(2)),
        "REC-7 IDX-REC-1",
        "A tombstone is reported as absent, and an older record shows through.", "lookup-tombstone-absent", 1)
    add("multi-extent", many(), key(same(4)), "REC-10 EXT-1",
        "The extents of the first multi-extent record are given.", "extents-from-zero lookup-one-extent", 3)
    add("domains", domained(), key(same(2)), "REC-6", "The first domain of the table is 0.",
        "domain-ordinal-from-zero domain-as-source", 1)
    add("merged", Draft([Raw(same(1), logseq=PAST_SAFE), tombstone(same(2), logseq=1)]), key(same(1)),
        "REC-2 IDX-REC-1", "The logseq is lost.",
        "lookup-logseq-dropped logseq-float", 0)
    add("empty-artifact", Draft([Raw(same(1), length=0)], blocks=(EMPTY_BLOCK,)), key(same(1)), "REC-9",
        "A length of zero is refused.", "empty-refused", 0)
    add("spread-multi-extent", spread(), key(spread().digests[5]), "ID-3 FILE-1",
        "A read across two pages gives the first part only.",
        "lookup-page-boundary", 5)
    add("spread-last", spread(), key(spread().digests[62]), "ID-3 FILE-1", "The last record is passed over.",
        "lookup-bucket-exclusive", 62)
    f = filtered()
    add("filtered-first", f, key(f.digests[0]), "BLM-3 BLM-1", "The filter denies what it was made of.",
        "bloom-hash-first-bytes bloom-bit-low", 0)
    add("filtered-last", f, key(f.digests[63]), "BLM-3 BLM-1", "The filter denies what it was made of.",
        "bloom-hash-first-bytes bloom-bit-low", 63)
    add("filtered-named", f, key(f.digests[31]), "ID-3 BLM-3", "The SegmentID is made otherwise.",
        "id-flat id-without-prefix", 31,
        segmentId=segment.segment_id(f.data()).hex())
    false_positive = passing(f, True)
    add("filter-passes-absent", f, key(false_positive), "BLM-3",
        "What the filter lets pass is taken to be there.",
        "filter-decides lookup-digest-unchecked", None)
    add("filter-stops-absent", f, key(passing(f, False)), "BLM-3",
        "A key that the filter denies is an error.", "lookup-digest-unchecked lookup-range-only", None)
    big = Draft([tombstone(digest) for digest in digests(1460)], blocks=())
    if segment.Layout(segment.decode_header(big.header())).records != 8192:
        raise ValueError("the records do not begin at the third page")
    add("records-at-third-page", big, key(big.digests[1000]), "FILE-1 FAN-1 BLM-3 ID-3",
        "The records are looked for on the second page.",
        "records-at-second-page bloom-hash-first-bytes", 1000)
    return g


def passing(draft: Draft, passes: bool) -> bytes:
    """A digest within the range of a segment that is not in it, and that its filter lets pass or not."""
    data = draft.data()
    for i in range(10**6):
        digest = hashlib.sha256(f"other {i}".encode()).digest()
        within = draft.digests[0] < digest < draft.digests[-1] and digest not in draft.digests
        if within and segment.may_contain(data, digest) == passes:
            return digest
    raise ValueError("not found")


def look_up_refused() -> Group:
    g = group("lookup-refused", "lookup")

    def refuse(slug: str, data: bytes, name: str, code: str, clauses: str, why: str, kills: str,
               **more: Any) -> None:
        g.reject(slug, {"bytes": describe(data), "key": name, **more}, f"SEG.{code}", clauses=clauses,
                 why=why, kills=kills)

    def damaged(slug: str, draft: Draft, name: str, at: int, xor: int, why: str, kills: str,
                clauses: str = "ID-3") -> None:
        refuse(slug, draft.data(), name, "DIGEST", clauses, why, f"page-unchecked {kills}".strip(),
               damage={"offset": at, "xor": xor})

    here = key(same(0x20))
    damaged("header-magic", four(), here, 0, 1, "The header is read before its page is checked.", "")
    damaged("header-reserved", four(), here, 127, 1, "The page of the header is not checked.", "")
    damaged("header-first-digest", four(), here, 48, 0xFF,
            "A key is out of a range that is damaged, and absent.", "")
    damaged("fan-out", four(), here, 132, 2, "A bucket is empty by damage, and the key absent.", "")
    damaged("padding", four(), here, 4095, 0x80, "A part of a page is checked.", "")
    damaged("record-digest", four(), here, 4096 + 64, 1, "A key is absent by damage.", "")
    damaged("record-flags", four(), here, 4096 + 64 + 57, 1, "A record is a tombstone by damage.", "")
    damaged("record-length", four(), here, 4096 + 64 + 48, 1, "A location is wrong by damage.", "")
    damaged("record-of-another-key", four(), here, 4096 + 3 * 64, 1,
            "The page of a record is checked in part.", "page-part-unchecked")
    damaged("absent-key", four(), key(same(0x18)), 4096, 1,
            "An absent key is reported from a page that was not checked.", "page-absent-unchecked")
    damaged("block-table", four(), here, 4096 + 4 * 64, 1, "A block is another one by damage.", "")
    s = spread()
    damaged("third-page-tables", s, key(s.digests[0]), 8192 + 80, 1,
            "Only the pages of the header and the record are checked.", "page-tables-unchecked")
    damaged("third-page-extents", s, key(s.digests[5]), 8192, 1,
            "The page of the ExtentRecords is not checked.", "page-tables-unchecked")
    f = filtered()
    damaged("filter", f, key(f.digests[3]), 128 + first_bit_of(f, 3)[0], first_bit_of(f, 3)[1],
            "The filter denies a key by damage.", "",
            "ID-3 BLM-3")
    data = four().data()
    right = segment.segment_id(data)
    refuse("other-segment", data, here, "DIGEST", "ID-3",
           "The page hashes are not compared with the SegmentID.", "lookup-id-unchecked",
           segmentId=segment.segment_id(two().data()).hex())
    refuse("segment-id-last-bit", data, here, "DIGEST", "ID-3", "Only the beginning is compared.",
           "lookup-id-unchecked id-prefix-only-lookup",
           segmentId=(right[:-1] + bytes([right[-1] ^ 1])).hex())
    refuse("segment-id-of-file", data, here, "DIGEST", "ID-1 ID-3", "The SegmentID is the hash of the file.",
           "lookup-id-unchecked id-flat",
           segmentId=hashlib.sha256(data).hexdigest())

    def fan(slug: str, entries: Sequence[int], n: int, why: str, kills: str) -> None:
        refuse(slug, four().having(fan_out=list(entries)).data(), key(same(n)), "FANOUT", "FAN-3", why,
               f"lookup-fan-out-unchecked {kills}".strip())

    fan("fan-out-falling", (3, 2, 4), 0x20, "A bucket that ends before it begins is empty.", "")
    fan("fan-out-falling-second", (0, 3, 2), 0x90, "A bucket that ends before it begins is empty.", "")
    fan("fan-out-end-above-n", (0, 5, 4), 0x20, "A bucket reaches beyond the records.",
        "lookup-fan-out-rising-only")
    fan("fan-out-last-above-n", (0, 2, 5), 0xA0, "The last entry is not compared with the number of records.",
        "lookup-fan-out-rising-only")
    fan("fan-out-both-above-n", (5, 5, 4), 0x20, "An empty bucket beyond the records is empty.",
        "lookup-fan-out-rising-only lookup-fan-out-empty-first")
    fan("fan-out-greatest", (0, U32, 4), 0x20, "An entry is read as minus one.",
        "lookup-fan-out-rising-only lookup-fan-out-signed")
    fan("fan-out-absent-key", (0, 5, 4), 0x18, "A key is absent where the fan-out is wrong.",
        "lookup-fan-out-rising-only")
    refuse("range-falling", four().having(first=same(0xA0), last=same(0x10)).data(), key(same(0x20)), "RANGE",
           "HDR-9",
           "No key is in a range that ends before it begins.", "lookup-range-unchecked")
    refuse("range-of-one-digest", four().having(last=same(0x10)).data(), key(same(0x10)), "RANGE", "HDR-9",
           "The bits of a bucket run beyond the end of the digest.", "lookup-range-bits-unchecked")
    def found(slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str) -> None:
        refuse(f"found-{slug}", draft.data(), key(same(1)), code, clauses, why,
               f"lookup-fields-unchecked {kills}".strip())

    one = Draft([Raw(same(1))])
    found("flags", one.with_record(0, flags=3), "RECORD.FLAGS", "REC-3",
          "A record is answered with flags that are not known.", "")
    found("tag", one.with_record(0, type_tag=1), "RECORD.TAG", "REC-4", "A tag is answered without its flag.",
          "")
    found("visibility", one.with_record(0, visibility=2), "RECORD.VISIBILITY", "REC-5",
          "A visibility that is not known is answered.", "")
    found("reserved", one.with_record(0, reserved=1), "RESERVED", "HDR-7", "A reserved byte is ignored.", "")
    found("domain", one.with_record(0, domain=1), "RECORD.DOMAIN", "REC-6",
          "A domain beyond the table is read.", "")
    found("tombstone", Draft([tombstone(same(1), length=5)], blocks=()), "RECORD.TOMBSTONE", "REC-7",
          "A tombstone has a location.", "")
    found("block", one.with_record(0, block=1), "RECORD.BLOCK", "REC-8",
          "The domain table or the footer is read as a block.", "")
    found("slice", one.with_record(0, offset=U32), "RECORD.BLOCK", "REC-8", "A slice may end beyond 2^32.",
          "")
    found("empty", one.with_record(0, length=0), "EXTENT.EMPTY", "REC-9",
          "The empty artifact may stand in any block.", "")
    found("multi-of-one", Draft([multi(same(1), 0, 1)], [(0, 0, 5, 0)]), "RECORD.EXTENTS", "REC-10",
          "A multi-extent record may have one extent.",
          "lookup-extents-unchecked")
    found("multi-beyond", extents_of((0, 0, 5, 0), (0, 5, 5, 0), offset=3), "RECORD.EXTENTS", "REC-10",
          "ExtentRecords are read from the tables.",
          "lookup-extents-unchecked")
    found("multi-length", extents_of((0, 0, 5, 0), (0, 5, 5, 0), length=10), "RECORD.EXTENTS", "REC-10",
          "A multi-extent record may carry a length.",
          "lookup-extents-unchecked")
    found("extent-block", extents_of((0, 0, 5, 0), (1, 5, 5, 0)), "RECORD.BLOCK", "EXT-2",
          "The domain table or the footer is read as a block.",
          "lookup-extents-unchecked")
    refuse("magic", four().having(magic=b"ASLSEG02").data(), here, "MAGIC", "HDR-2",
           "A lookup does not check the header.", "magic-unchecked")
    refuse("version", four().having(version=2).data(), here, "VERSION", "HDR-3",
           "A lookup does not check the header.", "version-unchecked")
    refuse("long-by-one", data + b"\0", here, "LENGTH", "FILE-3",
           "A lookup does not compare the length with the counts.", "lookup-length-unchecked")
    return g


def first_bit_of(draft: Draft, i: int) -> Tuple[int, int]:
    """Offset in the filter and mask of one bit of a record's digest."""
    blocks = segment._bloom_blocks(len(draft.records))
    block, masks = segment._bloom_masks(draft.digests[i], blocks)
    at = masks[0].bit_length() - 1
    return 32 * block + at // 8, 1 << at % 8


def filter_answers() -> Group:
    g = group("filter", "mayContain")

    def add(slug: str, draft: Draft, digest: bytes, answer: bool, clauses: str, why: str, kills: str) -> None:
        given = {"bytes": describe(draft.data()), "key": key(digest)}
        if OPERATIONS["segment.mayContain"](given) != {"mayContain": answer}:
            raise ValueError(slug)
        g.ok(slug, "output", given, {"mayContain": answer}, clauses=clauses, why=why, kills=kills)

    f = filtered()
    wide = Draft([tombstone(digest) for digest in digests(73)], blocks=())
    for i in (0, 40, 63):
        add(f"record-{i}", f, f.digests[i], True, "BLM-2 BLM-3", "The filter denies what it was made of.",
            "filter-denies-all")
    for slug, draft in (("64", f), ("73", wide)):
        add(f"denied-{slug}", draft, passing(draft, False), False, "BLM-2",
            "The filter lets everything pass.", "filter-passes-all")
        add(f"passed-{slug}", draft, passing(draft, True), True, "BLM-2 BLM-3",
            "The filter is asked with other bits.",
            "bloom-word-order bloom-hash-big-endian" if slug == "64" else "bloom-block-by-modulo")
    add("no-filter-63", Draft([tombstone(digest) for digest in digests(63)], blocks=()), passing(f, False),
        True, "BLM-1 BLM-3",
        "Without a filter every key is denied.", "filter-absent-denies")
    add("no-filter-1", Draft([Raw(same(1))]), same(2), True, "BLM-1 BLM-3",
        "Without a filter every key is denied.", "filter-absent-denies")
    held = next(d for d in wide.digests if segment._bloom_masks(d, 4)[0] == 3)
    add("record-in-last-block", wide, held, True, "BLM-2", "The high half of the hash is signed.",
        "bloom-block-signed filter-denies-all")
    add("last-block", wide, in_block(wide, 3), False, "BLM-2", "The block is computed otherwise.",
        "filter-passes-all")
    add("first-block", wide, in_block(wide, 0), False, "BLM-2", "The block is computed otherwise.",
        "filter-passes-all")
    return g


def in_block(draft: Draft, wanted: int) -> bytes:
    data = draft.data()
    blocks = segment._bloom_blocks(len(draft.records))
    for i in range(10**6):
        digest = hashlib.sha256(f"block {i}".encode()).digest()
        if segment._bloom_masks(digest, blocks)[0] == wanted and not segment.may_contain(data, digest):
            return digest
    raise ValueError("not found")


FILES: Dict[str, Sequence[Callable[[], Group]]] = {
    "enc-asl-core-index-1/encode.json": (encode, encode_sizes, encode_refused),
    "enc-asl-core-index-1/decode.json": (decode, decode_refused_file, decode_refused_tables,
                                         decode_refused_records,
                                         decode_refused_sums, decode_id),
    "enc-asl-core-index-1/identity.json": (identity,),
    "enc-asl-core-index-1/lookup.json": (look_up, look_up_refused, filter_answers),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
