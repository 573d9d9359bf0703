#!/usr/bin/env python3
"""Writes conformance/vectors/asl-1-core, or compares it with what is on disk (`--check`)."""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional

from vector_file import Group, file_text, main

from amduat import core

SPEC = "ASL/1-CORE"
SINCE = "0.1.0"

HELLO = b"hello".hex()
HELLO_DIGEST = "1f1d4ea728bc4c10bbc8211c7644aa950b6296c9b3e70d263e4ae6fc83e895e4"
TAGGED_DIGEST = "adf22c5a794f57472286d5041ecd291890292ed17ba30377403be1d8268125f5"
HELLO_REFERENCE = "0001" + HELLO_DIGEST
TAGGED_REFERENCE = "0001" + TAGGED_DIGEST
EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def group(name: str, op: str) -> Group:
    return Group(f"core.{name}", f"core.{op}", SINCE)


def u64(value: int) -> str:
    return f"{value:016x}"


def artifact(data: str, tag: Optional[int] = None) -> Dict[str, Any]:
    return {"bytes": data} if tag is None else {"bytes": data, "typeTag": tag}


def recipe(length: int) -> Dict[str, str]:
    return {"gen": "splitmix64", "seed": "7", "length": str(length)}


def count_bytes(length: int) -> str:
    return bytes(i % 256 for i in range(length)).hex()


# Artifacts


def encode() -> Group:
    g = group("encode", "encodeArtifact")

    def add(slug: str, data: str, tag: Optional[int], encoded: str, **more: Any) -> None:
        g.ok(slug, "roundtrip", artifact(data, tag), {"bytes": encoded}, **more)

    add("hello", HELLO, None, "00" + u64(5) + HELLO, clauses="ENC-1",
        why="The length is written little-endian, in four bytes, or with a type tag of zero before it.",
        kills="encode-length-little-endian encode-length-u32 encode-tag-always-written encode-padded")
    add("hello-tagged", HELLO, 0x101, "01" "00000101" + u64(5) + HELLO, clauses="ENC-1",
        why="The tag is left out, stands behind the length, or is counted in the length.",
        kills="encode-tag-after-length encode-length-counts-tag encode-tag-dropped")
    add("tag-byte-order", "ff", 0x01020304, "01" "01020304" + u64(1) + "ff", clauses="ENC-1 ART-2",
        why="The tag is written little-endian.", kills="encode-tag-little-endian")
    add("empty", "", None, "00" + u64(0), clauses="ENC-1 ART-1",
        why="The empty artifact is encoded as nothing at all.", kills="encode-empty-as-nothing")
    add("empty-tag-zero", "", 0, "01" "00000000" + u64(0), clauses="ART-2 ART-3",
        why="A tag of zero is taken for no tag.", kills="encode-tag-zero-as-absent")
    add("tag-zero", HELLO, 0, "01" "00000000" + u64(5) + HELLO, clauses="ART-2 ART-3",
        why="A tag of zero is taken for no tag.", kills="encode-tag-zero-as-absent")
    add("tag-one", HELLO, 1, "01" "00000001" + u64(5) + HELLO, clauses="ART-2",
        why="The tag is written little-endian.", kills="encode-tag-little-endian")
    add("tag-top-bit", HELLO, 2**31, "01" "80000000" + u64(5) + HELLO, clauses="ART-2",
        why="The tag is kept as a signed integer, so 2^31 is refused or becomes negative.",
        kills="encode-tag-signed")
    add("tag-greatest", HELLO, 2**32 - 1, "01" "ffffffff" + u64(5) + HELLO, clauses="ART-2",
        why="The greatest u32 is taken for minus one or for no tag.", kills="encode-tag-signed")
    add("zero-bytes-at-the-end", "61000000", None, "00" + u64(4) + "61000000", clauses="ENC-1 ART-1",
        why="The bytes are handled as a string that ends at the first zero.", kills="encode-c-string")
    add("not-utf8", "ff80c3", None, "00" + u64(3) + "ff80c3", clauses="ART-1",
        why="The bytes pass through a text type, which replaces what is not UTF-8.",
        kills="encode-through-utf8")
    add("line-ends", "610d0a620a", None, "00" + u64(5) + "610d0a620a", clauses="ART-1",
        why="The bytes pass through a text mode, which rewrites line ends.", kills="encode-line-ends")
    add("byte-order-mark", "efbbbf61", None, "00" + u64(4) + "efbbbf61", clauses="ART-1",
        why="A byte order mark at the start is left out.", kills="encode-byte-order-mark-dropped")
    add("255-bytes", count_bytes(255), None, "00" + u64(255) + count_bytes(255), clauses="ENC-1",
        why="The greatest length of one byte is read as a signed byte.",
        kills="encode-length-little-endian")
    add("256-bytes", count_bytes(256), None, "00" + u64(256) + count_bytes(256), clauses="ENC-1",
        why="The length is cut to one byte.", kills="encode-length-u8")
    add("bytes-that-are-an-encoding", "00" + u64(5) + HELLO, None, "00" + u64(14) + "00" + u64(5) + HELLO,
        clauses="ENC-1 ART-1", why="What looks like an encoding is not encoded again.",
        kills="encode-encoded-as-is")
    return g


def decode() -> Group:
    g = group("decode", "decodeArtifact")

    def add(slug: str, encoded: str, data: str, tag: Optional[int], **more: Any) -> None:
        g.ok(slug, "roundtrip", {"bytes": encoded}, artifact(data, tag), **more)

    add("hello", "00" + u64(5) + HELLO, HELLO, None, clauses="ENC-1 ENC-2 ENC-3 ENC-4 ENC-5 ENC-6",
        why="The length is read little-endian, or a length equal to what is left is refused.",
        kills="decode-length-little-endian decode-length-exclusive")
    add("hello-tagged", "01" "00000101" + u64(5) + HELLO, HELLO, 0x101, clauses="ENC-1 ENC-3 ENC-5",
        why="The tag is not given back, or the length is read before it.",
        kills="decode-tag-dropped decode-tag-after-length decode-tag-little-endian")
    add("empty", "00" + u64(0), "", None, clauses="ENC-1 ART-1",
        why="The artifact of length zero is refused.", kills="decode-empty-artifact-refused")
    add("empty-tagged", "01" "00000101" + u64(0), "", 0x101, clauses="ENC-1 ART-1",
        why="The artifact of length zero is refused, or loses its tag.",
        kills="decode-empty-artifact-refused decode-tag-dropped")
    add("tag-zero", "01" "00000000" + u64(5) + HELLO, HELLO, 0, clauses="ART-2 ART-3",
        why="A tag of zero is given back as no tag.", kills="decode-tag-zero-as-absent")
    add("tag-top-bit", "01" "80000000" + u64(5) + HELLO, HELLO, 2**31, clauses="ART-2",
        why="The tag is read as a signed integer.", kills="decode-tag-signed")
    add("tag-greatest", "01" "ffffffff" + u64(5) + HELLO, HELLO, 2**32 - 1, clauses="ART-2",
        why="The tag is read as minus one.", kills="decode-tag-signed")
    add("tag-byte-order", "01" "01020304" + u64(1) + "ff", "ff", 0x01020304, clauses="ENC-1",
        why="The tag is read little-endian.", kills="decode-tag-little-endian")
    add("first-byte-looks-like-a-flag", "00" + u64(2) + "0100", "0100", None, clauses="ENC-1",
        why="The flag is looked for in the artifact's bytes.", kills="decode-flag-in-bytes")
    add("256-bytes", "00" + u64(256) + count_bytes(256), count_bytes(256), None, clauses="ENC-1",
        why="Only the last byte of the length is read.", kills="decode-length-u8")
    return g


def decode_truncated() -> Group:
    g = group("decode-truncated", "decodeArtifact")
    untagged, tagged = "00" + u64(2) + "6869", "01" "00000101" + u64(2) + "6869"

    def cut(kind: str, encoded: str, at: int, field: str, kills: str) -> None:
        g.reject(f"{kind}-at-{at}", {"bytes": encoded[: 2 * at]}, "CORE.TRUNCATED", clauses="ENC-2",
                 why=f"An input that ends in {field} is taken.", kills=kills)

    g.reject("nothing", {"bytes": ""}, "CORE.TRUNCATED", clauses="ENC-2",
             why="An input of no bytes is taken for the empty artifact.", kills="decode-nothing-accepted")
    for at in range(1, 9):
        cut("untagged", untagged, at, "the length", "decode-field-unchecked")
    cut("untagged", untagged, 9, "the bytes", "decode-length-unchecked")
    cut("untagged", untagged, 10, "the bytes", "decode-length-unchecked decode-length-off-by-one")
    for at in range(1, 5):
        cut("tagged", tagged, at, "the type tag", "decode-field-unchecked")
    for at in range(5, 13):
        cut("tagged", tagged, at, "the length", "decode-field-unchecked")
    cut("tagged", tagged, 13, "the bytes", "decode-length-unchecked")
    cut("tagged", tagged, 14, "the bytes", "decode-length-unchecked decode-length-off-by-one")

    def too_long(slug: str, length: int, data: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": "00" + u64(length) + data}, "CORE.TRUNCATED", clauses="ENC-2 ENC-6",
                 why=why, kills=kills)

    too_long("length-2-31", 2**31, "6869", "The length is read as a signed 32-bit integer.",
             "decode-length-i32")
    too_long("length-2-32", 2**32, "", "Only the low 32 bits of the length are read.",
             "decode-length-u32 decode-length-i32")
    too_long("length-2-32-and-2", 2**32 + 2, "6869", "Only the low 32 bits of the length are read.",
             "decode-length-u32 decode-length-i32")
    too_long("length-2-40", 2**40, "6869", "Memory is reserved for a terabyte that never comes.",
             "decode-reserves-first decode-length-u32")
    too_long("length-2-53", 2**53, "", "A length that is not a safe integer ends in another error.",
             "decode-length-safe-integer")
    too_long("length-2-53-and-1", 2**53 + 1, "69",
             "A length that is not a safe integer ends in another error, or loses its high bits.",
             "decode-length-safe-integer decode-length-u32")
    too_long("length-2-63", 2**63, "6869", "The length is read as a signed 64-bit integer.",
             "decode-length-i64")
    too_long("length-2-64-less-9", 2**64 - 9, "", "The end of the bytes is computed modulo 2^64.",
             "decode-end-wraps")
    too_long("length-greatest", 2**64 - 1, "6869",
             "The length is read as minus one, or the end of the bytes is computed modulo 2^64.",
             "decode-length-i64 decode-end-wraps")
    return g


def decode_refused() -> Group:
    g = group("decode-refused", "decodeArtifact")

    def flag(slug: str, encoded: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": encoded}, "CORE.ARTIFACT.FLAG", clauses="ENC-3", why=why, kills=kills)

    def trailing(slug: str, encoded: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": encoded}, "CORE.TRAILING", clauses="ENC-4", why=why, kills=kills)

    whole, tagged = "00" + u64(5) + HELLO, "01" "00000101" + u64(5) + HELLO
    flag("flag-2-untagged", "02" + whole[2:], "Any flag but 1 is taken for no tag.",
         "decode-flag-else-untagged decode-flag-low-bit")
    flag("flag-2-tagged", "02" + tagged[2:], "Any flag but 0 is taken for a tag.",
         "decode-flag-nonzero-tagged")
    flag("flag-3-tagged", "03" + tagged[2:], "Only the lowest bit of the flag is read.",
         "decode-flag-low-bit decode-flag-nonzero-tagged")
    flag("flag-128-untagged", "80" + whole[2:], "The highest bit of the flag is dropped.",
         "decode-flag-high-bit-dropped")
    flag("flag-255-tagged", "ff" + tagged[2:], "Any flag but 0 is taken for a tag.",
         "decode-flag-nonzero-tagged decode-flag-low-bit")
    flag("flag-255-untagged", "ff" + whole[2:], "Any flag but 1 is taken for no tag.",
         "decode-flag-else-untagged")
    trailing("trailing-byte", whole + "21", "What follows the artifact is ignored.",
             "decode-trailing-ignored")
    trailing("trailing-byte-tagged", tagged + "21", "What follows the artifact is ignored.",
             "decode-trailing-ignored")
    trailing("trailing-byte-empty", "00" + u64(0) + "21",
             "A length of zero is taken for a length that is not known.",
             "decode-trailing-ignored decode-length-zero-takes-all")
    trailing("trailing-zero", whole + "00", "Zero bytes at the end are taken for padding.",
             "decode-trailing-zeros-allowed")
    trailing("trailing-line-end", whole + "0a", "A line end at the end is taken for an editor's.",
             "decode-trailing-line-end-allowed")
    trailing("trailing-encoding", whole + whole, "A second encoding behind the first is ignored.",
             "decode-trailing-ignored")
    for slug, encoded, why, kills in (
        ("order-flag-alone", "02", "The least length is checked before the flag.",
         "decode-least-length-first"),
        ("order-flag-before-length", "02" + u64(2**64 - 1), "The flag is checked after the length.",
         "decode-flag-last"),
    ):
        g.reject(slug, {"bytes": encoded}, "CORE.ARTIFACT.FLAG", clauses="ENC-5 ENC-3", why=why, kills=kills)
    g.reject("order-tag-before-length", {"bytes": "01" "000001"}, "CORE.TRUNCATED", clauses="ENC-5 ENC-2",
             why="A tag that ends early is given another code than a length that does.",
             kills="decode-field-unchecked")
    return g


def streamed(chunks: List[str], length: int, tag: Optional[int] = None, hash_id: int = 1) -> Dict[str, Any]:
    tagged = {} if tag is None else {"typeTag": tag}
    return {"chunks": chunks, "length": str(length), **tagged, "hashId": hash_id}


def stream() -> Group:
    g = group("stream", "streamReference")

    def hello(slug: str, chunks: List[str], why: str, kills: str) -> None:
        g.ok(slug, "output", streamed(chunks, 5), {"reference": HELLO_REFERENCE},
             clauses="ENC-8 ENC-7 ENC-9", why=why, kills=kills)

    hello("one-piece", [HELLO], "A stream is named otherwise than the same bytes in memory.",
          "reference-hash-of-bytes encode-length-little-endian")
    hello("two-pieces", ["6865", "6c6c6f"], "Each piece is encoded with a length of its own.",
          "stream-piece-encoded stream-first-piece-only")
    hello("byte-by-byte", ["68", "65", "6c", "6c", "6f"], "The pieces are encoded one by one.",
          "stream-piece-encoded")
    hello("empty-pieces", ["", "68656c", "", "", "6c6f", ""], "An empty piece is taken for the end.",
          "stream-empty-piece-ends")
    g.ok("tagged", "output", streamed(["68656c", "6c6f"], 5, 0x101), {"reference": TAGGED_REFERENCE},
         clauses="ENC-8 REF-1 HASH-6", why="The type tag of a stream is left out.", kills="stream-tag-dropped")
    for slug, chunks, why, kills in (
        ("empty-of-no-piece", [], "A stream without a piece is refused, though nothing is missing.",
         "stream-no-piece-refused"),
        ("empty-of-empty-pieces", ["", ""], "An empty piece is taken for a fault.",
         "stream-empty-piece-refused"),
    ):
        g.ok(slug, "output", streamed(chunks, 0), clauses="ENC-8 ENC-7", why=why, kills=kills)
    g.ok("pieces-across-hash-blocks", "output",
         streamed([count_bytes(54), count_bytes(1), count_bytes(64), count_bytes(137)], 256),
         clauses="ENC-8", why="What is left of a piece at a border of the hash function's blocks is lost.",
         kills="stream-piece-encoded stream-first-piece-only")
    g.ok("blake3", "output", streamed(["6865", "6c6c6f"], 5, hash_id=2), clauses="HASH-2 HASH-4 ENC-8",
         level="MAY", flags=["Blake3"], why="A stream is always hashed with SHA-256.",
         kills="hash-always-sha256")
    return g


def stream_refused() -> Group:
    g = group("stream-refused", "streamReference")

    def wrong(
        slug: str, chunks: List[str], length: int, why: str, kills: str, clauses: str = "ENC-7"
    ) -> None:
        g.reject(slug, streamed(chunks, length), "CORE.STREAM.LENGTH", clauses=clauses, why=why, kills=kills)

    wrong("short-by-one", ["68656c", "6c"], 5, "A stream that ends early is named by what came.",
          "stream-short-accepted")
    wrong("nothing-of-one", [], 1, "A stream without a piece is not compared with its length.",
          "stream-short-accepted stream-nothing-unchecked")
    wrong("long-by-one", ["68656c6c6f21"], 5, "What a piece has too much is cut off.",
          "stream-long-accepted stream-long-cut")
    wrong("long-in-a-last-piece", [HELLO, "21"], 5, "Reading ends as soon as the length is reached.",
          "stream-stops-at-length stream-long-accepted", "ENC-7 ENC-9")
    wrong("long-behind-an-empty-piece", [HELLO, "", "21"], 5,
          "Reading ends at the first empty piece after the length is reached.",
          "stream-stops-at-length stream-empty-piece-ends", "ENC-7 ENC-9")
    wrong("one-byte-of-none", ["21"], 0, "A length of zero is taken for a length that is not known.",
          "stream-length-zero-unchecked stream-long-accepted")
    wrong("length-2-32-and-5", [HELLO], 2**32 + 5, "Lengths are compared in 32 bits.",
          "stream-length-u32 stream-short-accepted")
    wrong("length-2-53-and-1", [HELLO], 2**53 + 1,
          "A length that is not a safe integer ends in another error.", "stream-length-safe-integer")
    wrong("length-greatest", [HELLO], 2**64 - 1, "The length is taken for minus one, a length not known.",
          "stream-length-i64 stream-short-accepted")
    g.reject("hash-id-3", streamed([HELLO, HELLO], 5, hash_id=3), "CORE.HASH_ID", clauses="HASH-3 HASH-6",
             why="A hash_id that is not registered is taken for the default.", kills="hash-unknown-as-sha256")
    return g


# References


def reference() -> Group:
    g = group("reference", "reference")

    def add(
        slug: str, data: Any, tag: Optional[int] = None, digest: Optional[str] = None, **more: Any
    ) -> None:
        ok = digest and {"reference": "0001" + digest, "text": "asl:sha256:" + digest}
        g.ok(slug, "output", {**artifact(data, tag), "hashId": 1}, ok or None, **more)

    add("hello", HELLO, digest=HELLO_DIGEST, clauses="REF-1 REF-2 REF-4 HASH-1",
        why="The bytes are hashed instead of their encoding, or the hash_id is written little-endian.",
        kills="reference-hash-of-bytes reference-little-endian text-upper-case-written text-name-dashed")
    add("hello-tagged", HELLO, 0x101, TAGGED_DIGEST, clauses="REF-1 REF-2 REF-4 ART-1",
        why="The type tag is left out of what is hashed.", kills="reference-tag-dropped")
    g.ok("default-hash", "output", artifact(HELLO),
         {"reference": HELLO_REFERENCE, "text": "asl:sha256:" + HELLO_DIGEST}, clauses="HASH-1",
         why="Another function than SHA-256 is used where none is asked for.", kills="hash-default-blake3")
    add("tag-zero", HELLO, 0, clauses="ART-3 REF-1", why="A tag of zero is hashed as no tag.",
        kills="encode-tag-zero-as-absent")
    add("tag-one", HELLO, 1, clauses="ART-4 REF-1", why="The tag is hashed little-endian or not at all.",
        kills="encode-tag-little-endian reference-tag-dropped")
    add("tag-greatest", HELLO, 2**32 - 1, clauses="ART-2 REF-1", why="The tag is kept as a signed integer.",
        kills="encode-tag-signed")
    add("empty", "", clauses="ART-1 REF-1",
        why="The empty artifact is named by the hash of nothing instead of that of its encoding.",
        kills="reference-hash-of-bytes encode-empty-as-nothing")
    add("empty-tag-zero", "", 0, clauses="ART-3 REF-1", why="A tag of zero is hashed as no tag.",
        kills="encode-tag-zero-as-absent")
    add("composed", "c3a9", clauses="ART-1", why="Text is brought into a normal form before it is hashed.",
        kills="reference-text-decomposed")
    add("decomposed", "65cc81", clauses="ART-1",
        why="Text is brought into a normal form before it is hashed.",
        kills="reference-text-composed")
    add("zero-byte", "00", clauses="ART-1", why="A zero byte is taken for the end of a string.",
        kills="encode-c-string")
    add("65536-bytes", recipe(65536), clauses="REF-1 ENC-1", why="The length is cut to two bytes.",
        kills="encode-length-u16")
    add("encoded-in-55-bytes", count_bytes(46), clauses="REF-1",
        why="An encoding that just fits into one block of SHA-256 is padded wrongly.",
        kills="reference-hash-of-bytes")
    add("encoded-in-56-bytes", count_bytes(47), clauses="REF-1",
        why="An encoding that just does not fit into one block of SHA-256 is padded wrongly.",
        kills="reference-hash-of-bytes")

    def blake3(slug: str, data: Any, tag: Optional[int], why: str, kills: str) -> None:
        g.ok(slug, "output", {**artifact(data, tag), "hashId": 2}, level="MAY", flags=["Blake3"],
             clauses="HASH-2 HASH-4 REF-1 REF-4", why=why, kills=kills)

    blake3("blake3-hello", HELLO, None, "A digest of 32 bytes is always made with SHA-256.",
           "hash-always-sha256 hash-blake2s-for-blake3")
    blake3("blake3-hello-tagged", HELLO, 0x101, "The type tag is left out of what is hashed.",
           "reference-tag-dropped hash-always-sha256")
    blake3("blake3-empty", "", None, "The hash of nothing is taken, or BLAKE2s instead of BLAKE3.",
           "reference-hash-of-bytes hash-blake2s-for-blake3")
    blake3("blake3-encoded-in-64-bytes", count_bytes(55), None,
           "The flags of the last block of a chunk are set one block too late.",
           "hash-blake2s-for-blake3 hash-always-sha256")
    blake3("blake3-encoded-in-1024-bytes", recipe(1015), None,
           "A chunk that is just full is closed as if another followed.",
           "hash-blake2s-for-blake3 hash-always-sha256")
    blake3("blake3-encoded-in-1025-bytes", recipe(1016), None, "The second chunk is not counted.",
           "hash-blake2s-for-blake3 hash-always-sha256")
    blake3("blake3-encoded-in-2049-bytes", recipe(2040), None, "Three chunks are joined from the right.",
           "hash-blake2s-for-blake3 hash-always-sha256")
    blake3("blake3-encoded-in-5000-bytes", recipe(4991), None, "Five chunks are joined in the wrong tree.",
           "hash-blake2s-for-blake3 hash-always-sha256")
    return g


UNREGISTERED = (
    (0, "zero", "A hash_id of zero is taken for the default.", "hash-zero-as-default"),
    (3, "3", "The next free hash_id is taken as if it were registered.", "hash-unknown-as-sha256"),
    (0x0100, "0x0100", "The hash_id is taken with its bytes swapped.", "hash-id-bytes-swapped"),
    (0x0101, "0x0101", "Only the low byte of the hash_id is read.", "hash-id-low-byte"),
    (0xFFFF, "0xffff", "A hash_id that is not registered is taken for the default.",
     "hash-unknown-as-sha256"),
)

READ_UNREGISTERED = {
    0: "reference-read-zero-as-default",
    0x0100: "reference-read-little-endian",
    0x0101: "reference-read-low-byte",
}


def hash_id_refused() -> Group:
    g = group("hash-id-refused", "reference")
    for value, slug, why, kills in UNREGISTERED:
        g.reject(f"hash-id-{slug}", {"bytes": HELLO, "hashId": value}, "CORE.HASH_ID", clauses="HASH-3",
                 why=why, kills=kills)
    return g


def binary() -> Group:
    g = group("binary", "decodeReference")

    def add(slug: str, name: str, encoded: str, why: str, kills: str) -> None:
        g.ok(slug, "roundtrip", {"bytes": encoded}, {"text": f"asl:{name}:{encoded[4:]}"},
             clauses="REF-2 REF-3 REF-4", why=why, kills=kills)

    add("sha256", "sha256", HELLO_REFERENCE, "The hash_id is read little-endian.",
        "reference-read-little-endian text-name-dashed")
    add("digest-of-zeros", "sha256", "0001" + "00" * 32,
        "A digest of zeros is taken for no reference, or its zeros are not written.",
        "reference-zeros-refused text-leading-zeros-dropped")
    add("digest-of-ones", "sha256", "0001" + "ff" * 32, "The digits are written in upper case.",
        "text-upper-case-written")
    g.ok("blake3", "roundtrip", {"bytes": "0002" + HELLO_DIGEST}, {"text": "asl:blake3:" + HELLO_DIGEST},
         clauses="REF-8 HASH-3 HASH-4",
         why="A registered hash_id is refused where the function is not needed, or taken for SHA-256.",
         kills="reference-read-needs-function hash-from-digest")
    for value, slug, why, kills in UNREGISTERED:
        g.reject(f"hash-id-{slug}", {"bytes": f"{value:04x}" + HELLO_DIGEST}, "CORE.HASH_ID",
                 clauses="HASH-3", why=why,
                 kills=READ_UNREGISTERED.get(value, "reference-read-unknown-accepted"))
    for slug, encoded, why, kills in (
        ("nothing", "", "A reference of no bytes ends in another error.", "reference-length-unchecked"),
        ("one-byte", "00", "A reference that ends in its hash_id ends in another error.",
         "reference-length-unchecked"),
        ("32-bytes", HELLO_DIGEST, "A bare digest is taken for one of SHA-256.", "hash-from-digest"),
        ("33-bytes", HELLO_REFERENCE[:-2], "A digest that is cut is taken.",
         "reference-short-accepted reference-length-unchecked"),
        ("35-bytes", HELLO_REFERENCE + "00", "What follows 34 bytes is ignored.", "reference-long-cut"),
        ("68-bytes", HELLO_REFERENCE + TAGGED_REFERENCE, "A second reference is ignored.",
         "reference-long-cut"),
    ):
        g.reject(slug, {"bytes": encoded}, "CORE.REFERENCE.LENGTH", clauses="REF-3", why=why, kills=kills)
    g.reject("order-length-before-hash-id", {"bytes": "0003" + HELLO_DIGEST[:-2]}, "CORE.REFERENCE.LENGTH",
             clauses="REF-3 HASH-3", why="The hash_id is checked before the length.",
             kills="reference-hash-id-first")
    return g


def text() -> Group:
    g = group("text", "parseReference")
    good = "asl:sha256:" + HELLO_DIGEST

    def add(slug: str, value: str, parsed: str, **more: Any) -> None:
        g.ok(slug, "roundtrip", {"text": value}, {"reference": parsed}, **more)

    add("sha256", good, HELLO_REFERENCE, clauses="REF-4 REF-5 REF-6 REF-7 REF-12 REF-2",
        why="The hash_id is written little-endian, or the digits are read in another order.",
        kills="reference-little-endian text-digits-reversed")
    add("blake3", "asl:blake3:" + HELLO_DIGEST, "0002" + HELLO_DIGEST, clauses="REF-8 REF-6 HASH-4",
        why="A registered name is refused where the function is not needed, or taken for SHA-256.",
        kills="text-needs-function text-name-ignored")
    add("all-digits", "asl:sha256:" + "0123456789abcdef" * 4, "0001" + "0123456789abcdef" * 4,
        clauses="REF-4 REF-7", why="One of the sixteen digits is not known.",
        kills="text-digits-decimal-only")

    def reject(slug: str, value: str, code: str, clause: str, why: str, kills: str) -> None:
        g.reject(slug, {"text": value}, f"CORE.TEXT.{code}", clauses=clause, why=why, kills=kills)

    def scheme(slug: str, value: str, why: str, kills: str) -> None:
        reject(slug, value, "SCHEME", "REF-5 REF-12", why, kills)

    scheme("scheme-upper-case", "ASL:" + good[4:], "The case of the scheme is ignored.",
           "text-scheme-case-ignored")
    scheme("scheme-one-capital", "Asl:" + good[4:], "The case of the scheme is ignored.",
           "text-scheme-case-ignored")
    scheme("scheme-long-s", "a\u017fl:" + good[4:], "The long s is folded to an s.",
           "text-scheme-case-folded")
    scheme("scheme-after-space", " " + good, "Space before the text is cut off.",
           "text-trimmed text-scheme-anywhere")
    scheme("scheme-after-byte-order-mark", "\ufeff" + good, "A byte order mark is cut off.",
           "text-byte-order-mark-dropped text-scheme-anywhere")
    scheme("scheme-after-line-end", "\n" + good, "The start of any line is taken for that of the text.",
           "text-scheme-any-line text-trimmed")
    scheme("scheme-after-urn", "urn:" + good, "The scheme is looked for anywhere.", "text-scheme-anywhere")
    scheme("scheme-missing", good[4:], "A text without the scheme is taken.", "text-scheme-optional")
    scheme("scheme-without-colon", "asl", "The colon of the scheme is not asked for.",
           "text-scheme-colon-unchecked")
    scheme("scheme-longer", "asla" + good[3:], "The scheme is compared in its first three letters only.",
           "text-scheme-colon-unchecked")
    scheme("nothing", "", "A text of no characters ends in another error.", "text-scheme-optional")

    def name(slug: str, value: str, why: str, kills: str) -> None:
        reject(slug, value, "HASH", "REF-6", why, kills)

    name("name-upper-case", "asl:SHA256:" + HELLO_DIGEST, "The case of the name is ignored.",
         "text-name-case-ignored")
    name("name-dashed", "asl:sha-256:" + HELLO_DIGEST, "Another common name of SHA-256 is taken.",
         "text-name-alias")
    name("name-not-registered", "asl:sha512:" + HELLO_DIGEST, "Any name is taken for SHA-256.",
         "text-name-ignored")
    name("name-number", "asl:0001:" + HELLO_DIGEST, "The hash_id is taken in the place of its name.",
         "text-name-number")
    name("name-cut", "asl:sha2:" + HELLO_DIGEST, "The beginning of a name is taken for it.",
         "text-name-prefix text-name-ignored")
    name("name-longer", "asl:sha256d:" + HELLO_DIGEST, "What follows a registered name is ignored.",
         "text-name-longer text-name-ignored")
    name("name-empty", "asl::" + HELLO_DIGEST, "An empty name is taken for the default.", "text-name-empty")
    name("name-missing", "asl:", "An empty name is taken for the default.", "text-name-empty")
    name("name-before-space", "asl:sha256 :" + HELLO_DIGEST, "Space around the name is cut off.",
         "text-name-trimmed")
    name("name-inherited", "asl:constructor:" + HELLO_DIGEST,
         "The name is looked up in a table that inherits members.", "text-name-inherited")
    name("name-kelvin-sign", "asl:bla\u212ae3:" + HELLO_DIGEST, "The Kelvin sign is folded to a k.",
         "text-name-case-ignored")
    name("name-up-to-the-end", "asl:sha256" + HELLO_DIGEST,
         "Without a second colon, the digits are cut off from the name.", "text-name-longer")

    def digest(slug: str, value: str, why: str, kills: str) -> None:
        reject(slug, value, "DIGEST", "REF-7", why, kills)

    digest("digits-63", good[:-1], "Fewer than 64 digits are taken.", "text-digits-short-accepted")
    digest("digits-62", good[:-2], "The length of the digest is taken from the text.",
           "text-digits-short-accepted")
    digest("digits-65", good + "0", "What follows 64 digits is ignored.", "text-digits-long-cut")
    digest("digits-66", good + "00", "The length of the digest is taken from the text.",
           "text-digits-long-cut")
    digest("digits-none", "asl:sha256:", "No digits are taken for a digest of zeros.",
           "text-digits-short-accepted")
    digest("digits-upper-case", "asl:sha256:" + HELLO_DIGEST.upper(), "Upper-case digits are taken.",
           "text-digits-case-ignored")
    digest("digits-one-capital", good[:-2] + "E4", "Upper-case digits are taken.", "text-digits-case-ignored")
    digest("digits-not-hexadecimal", good[:-1] + "g", "What is no digit is read as zero.",
           "text-digits-unchecked")
    digest("digits-slash", good[:-1] + "/", "The character below 0 is taken for a digit.",
           "text-digits-unchecked")
    digest("digits-colon-at-the-end", good[:-1] + ":", "The character above 9 is taken for a digit.",
           "text-digits-unchecked")
    digest("digits-prefixed", "asl:sha256:0x" + HELLO_DIGEST[2:], "A prefix of hexadecimal numbers is taken.",
           "text-digits-prefix")
    digest("digits-fullwidth", good[:-1] + "\uff14", "Digits that are not ASCII are taken.",
           "text-digits-unicode")
    digest("digits-arabic", good[:-1] + "\u0664", "Digits that are not ASCII are taken.",
           "text-digits-unicode")
    digest("digits-beyond-the-plane", good[:-2] + "\U0001d7d2",
           "A digit that is two code units is counted as two digits.",
           "text-digits-unicode-normalised")
    digest("digits-before-line-end", good + "\n", "The end of the last line is taken for that of the text.",
           "text-digits-line-end text-trimmed")
    digest("digits-before-space", good + " ", "Space after the text is cut off.", "text-trimmed")
    digest("digits-after-space", good[:11] + " " + good[11:], "Space between the fields is cut off.",
           "text-digits-trimmed")
    digest("digits-split-by-space", good[:43] + " " + good[43:], "Space between the digits is left out.",
           "text-digits-trimmed")
    digest("digits-before-third-colon", good + ":", "What follows a third colon is ignored.",
           "text-third-colon-ignored")
    digest("digits-before-fragment", good + "#x", "What follows 64 digits is ignored.",
           "text-digits-long-cut")
    digest("second-colon-missing", "asl:sha256", "A missing second colon is a fault of the name.",
           "text-second-colon-as-name")
    reject("order-scheme-first", "ASL:SHA256:" + HELLO_DIGEST, "SCHEME", "REF-8",
           "The name is checked before the scheme.", "text-name-first")
    reject("order-name-before-digest", "asl:sha512:" + "0" * 128, "HASH", "REF-8",
           "The digits are checked before the name.", "text-digits-first")
    reject("order-scheme-before-digest", "sha1:00", "SCHEME", "REF-8",
           "The digits are checked before the scheme.", "text-digits-first")
    return g


def verifying() -> Group:
    g = group("verify", "verify")

    def of(named: str, data: str, tag: Optional[int] = None) -> Dict[str, Any]:
        return {"reference": named, **artifact(data, tag)}

    def accept(slug: str, given: Dict[str, Any], **more: Any) -> None:
        g.ok(slug, "accept", given, {}, **more)

    def mismatch(slug: str, given: Dict[str, Any], why: str, kills: str, **more: Any) -> None:
        g.reject(slug, given, "CORE.DIGEST", **{"clauses": "REF-11", "why": why, "kills": kills, **more})

    accept("hello", of(HELLO_REFERENCE, HELLO), clauses="REF-11 REF-1",
           why="The bytes are hashed instead of their encoding.",
           kills="reference-hash-of-bytes verify-refuses")
    accept("hello-tagged", of(TAGGED_REFERENCE, HELLO, 0x101), clauses="REF-11 REF-1",
           why="The type tag is left out of what is hashed.", kills="verify-tag-ignored")
    mismatch("last-bit", of(HELLO_REFERENCE[:-1] + "5", HELLO), "The last byte is not compared.",
             "verify-31-bytes verify-prefix verify-nothing")
    mismatch("first-bit", of("00019f" + HELLO_DIGEST[2:], HELLO), "The first byte is not compared.",
             "verify-nothing verify-low-bits")
    mismatch("ninth-byte", of("0001" + HELLO_DIGEST[:16] + "ba" + HELLO_DIGEST[18:], HELLO),
             "Only the first eight bytes are compared.", "verify-prefix")
    mismatch("other-bytes", of(HELLO_REFERENCE, "68656c6c70"), "Nothing is compared.", "verify-nothing")
    mismatch("tag-missing", of(TAGGED_REFERENCE, HELLO), "The type tag is left out of what is compared.",
             "verify-nothing", clauses="REF-11 ART-3 ART-4")
    mismatch("tag-too-many", of(HELLO_REFERENCE, HELLO, 0x101),
             "The type tag is left out of what is hashed.", "verify-tag-ignored",
             clauses="REF-11 ART-3 ART-4")
    mismatch("tag-zero-too-many", of(HELLO_REFERENCE, HELLO, 0), "A tag of zero is taken for no tag.",
             "verify-tag-ignored encode-tag-zero-as-absent", clauses="REF-11 ART-3")
    mismatch("hash-of-the-bytes", of("0001" + ABC_SHA256, "616263"),
             "The bytes are hashed instead of their encoding.", "reference-hash-of-bytes",
             clauses="REF-11 REF-1")
    mismatch("sha256-digest-under-blake3", of("0002" + HELLO_DIGEST, HELLO),
             "The function is taken from the look of the digest.", "verify-hash-id-ignored",
             clauses="HASH-2 HASH-4 REF-11", level="MAY", flags=["Blake3"])
    blake3 = core.encode_reference(core.reference_of(core.Artifact(b"hello"), core.BLAKE3)).hex()
    accept("blake3", of(blake3, HELLO), clauses="HASH-2 HASH-4 REF-11", level="MAY", flags=["Blake3"],
           why="The function is taken from the length of the digest.", kills="verify-hash-id-ignored")
    mismatch("blake3-digest-under-sha256", of("0001" + blake3[4:], HELLO),
             "Every function of the registry is tried.", "verify-any-hash", clauses="HASH-4 REF-11")
    g.reject("hash-id-3", of("0003" + HELLO_DIGEST, HELLO), "CORE.HASH_ID", clauses="HASH-3",
             why="A hash_id that is not registered is a mismatch, or taken for SHA-256.",
             kills="verify-unknown-as-mismatch")
    return g


def order() -> Group:
    g = group("order", "compareReferences")

    def add(slug: str, a: str, b: str, result: int, clauses: str, why: str, kills: str) -> None:
        g.ok(slug, "output", {"a": a, "b": b}, {"order": result}, clauses=clauses, why=why, kills=kills)

    def sha(*parts: str) -> str:
        return "0001" + "".join(parts)

    zeros, low, high = "00" * 31, sha("7f", "00" * 31), sha("80", "00" * 31)
    add("equal", HELLO_REFERENCE, HELLO_REFERENCE, 0, "REF-9", "Equal references are told apart.",
        "order-never-equal")
    add("last-bit", HELLO_REFERENCE, HELLO_REFERENCE[:-1] + "5", -1, "REF-9 REF-10",
        "The last byte is not compared.", "order-33-bytes equal-prefix")
    add("last-bit-swapped", HELLO_REFERENCE[:-1] + "5", HELLO_REFERENCE, 1, "REF-9 REF-10",
        "The last byte is not compared, or the order is only told in one direction.",
        "order-33-bytes equal-prefix order-never-after")
    add("signed-bytes", low, high, -1, "REF-10", "The bytes are compared as signed.",
        "order-signed order-reversed")
    add("signed-bytes-swapped", high, low, 1, "REF-10", "The bytes are compared as signed.",
        "order-signed order-reversed order-never-after")
    add("signed-bytes-at-the-end", sha(zeros, "ff"), sha(zeros, "01"), 1, "REF-10",
        "The bytes are compared as signed.", "order-signed order-33-bytes")
    add("from-the-first", sha("00", "ff" * 31), sha("01", "00" * 31), -1, "REF-10",
        "The bytes are compared from the last.", "order-from-last")
    add("bytes-of-a-word", sha("00000001", "00" * 28), sha("01000000", "00" * 28), -1, "REF-10",
        "The bytes are compared as little-endian words.", "order-little-endian-words")
    add("ninth-byte", sha("aa" * 8, "00", "00" * 23), sha("aa" * 8, "01", "00" * 23), -1, "REF-9 REF-10",
        "Only the first eight bytes of the digest decide.", "equal-prefix")
    add("eighth-byte", sha("ff" * 7, "fe", "00" * 24), sha("ff" * 7, "ff", "00" * 24), -1, "REF-9 REF-10",
        "The first eight bytes are compared as a floating-point number.", "order-prefix-double")
    add("top-bit-of-the-first-eight", sha("ff" * 8, "00" * 24), sha("00" * 7, "01", "00" * 24), 1, "REF-10",
        "The first eight bytes are compared as a signed integer.", "order-prefix-i64 order-signed")
    add("hash-ids", "0001" + HELLO_DIGEST, "0002" + HELLO_DIGEST, -1, "HASH-5 REF-9 REF-10",
        "References of the same digest are equal whatever their hash_id, or the text forms are compared.",
        "equal-digest-only order-text")
    add("hash-ids-swapped", "0002" + HELLO_DIGEST, "0001" + HELLO_DIGEST, 1, "HASH-5 REF-9 REF-10",
        "References of the same digest are equal whatever their hash_id, or the text forms are compared.",
        "equal-digest-only order-text order-never-after")
    add("hash-id-before-digest", "0001" + "ff" * 32, "0002" + "00" * 32, -1, "REF-10",
        "The digest is compared before the hash_id.", "order-digest-first order-text")
    sha256 = core.encode_reference(core.reference_of(core.Artifact(b"hello"))).hex()
    blake3 = core.encode_reference(core.reference_of(core.Artifact(b"hello"), core.BLAKE3)).hex()
    add("two-names-of-one-artifact", sha256, blake3, -1, "HASH-5",
        "References that name the same artifact are taken for equal.", "order-text")
    return g


# Blocks and locations


def seal() -> Group:
    g = group("seal", "sealBlock")

    def add(slug: str, data: Any, block: Optional[str], why: str, kills: str) -> None:
        g.ok(slug, "output", {"bytes": data}, block and {"id": block}, clauses="BLK-1 BLK-3", why=why,
             kills=kills)

    add("abc", b"abc".hex(), ABC_SHA256, "The block is encoded as an artifact, or hashed with BLAKE3.",
        "block-id-of-encoding block-id-blake3 block-id-twice")
    add("empty", "", EMPTY_SHA256, "A block of no bytes is refused, or named by zeros.",
        "block-empty-refused")
    add("zero-byte", "00", None, "Zero bytes at the end are taken for what is not yet filled.",
        "block-zeros-cut")
    add("1000-bytes", recipe(1000), None, "A block is filled up to a whole number of words or sectors.",
        "block-padded")
    add("4096-bytes", recipe(4096), None, "A block of exactly one page is cut.",
        "block-cut block-id-of-encoding")
    add("100003-bytes", recipe(100003), None, "Only the first part of a block is hashed.",
        "block-cut block-padded")
    return g


def verify_block() -> Group:
    g = group("verify-block", "verifyBlock")
    g.ok("abc", "accept", {"id": ABC_SHA256, "bytes": "616263"}, {}, clauses="BLK-2 BLK-1",
         why="The block is encoded as an artifact before it is hashed.", kills="block-verified-as-artifact")
    g.ok("empty", "accept", {"id": EMPTY_SHA256, "bytes": ""}, {}, clauses="BLK-2 BLK-1",
         why="The block of no bytes is refused.", kills="block-verify-empty-refused")

    def reject(slug: str, block: str, data: str, why: str, kills: str) -> None:
        g.reject(slug, {"id": block, "bytes": data}, "CORE.BLOCK.DIGEST", clauses="BLK-2", why=why,
                 kills=kills)

    reject("last-bit-of-the-id", ABC_SHA256[:-1] + "c", "616263", "The last byte is not compared.",
           "block-digest-prefix block-digest-unchecked")
    reject("first-bit-of-the-id", "3a" + ABC_SHA256[2:], "616263", "Nothing is compared.",
           "block-digest-unchecked")
    reject("one-bit-of-the-bytes", ABC_SHA256, "616262", "Nothing is compared.", "block-digest-unchecked")
    reject("one-byte-more", ABC_SHA256, "61626300", "Zero bytes at the end are taken for padding.",
           "block-verify-zeros-cut block-digest-unchecked")
    reject("one-byte-less", ABC_SHA256, "6162", "Nothing is compared.", "block-digest-unchecked")
    reject("nothing", ABC_SHA256, "", "A block of no bytes is not compared.", "block-verify-empty-unchecked")
    reject("id-of-the-artifact", HELLO_DIGEST, HELLO,
           "The block is encoded as an artifact before it is hashed.", "block-verified-as-artifact")
    return g


WORLD, NUMBERS = b"hello world", b"0123456789"
STORED = {"hello world": WORLD, "0123456789": NUMBERS}


def block_id(data: bytes) -> str:
    return core.seal_block(data).hex()


def block(data: bytes) -> Dict[str, str]:
    return {"id": block_id(data), "bytes": data.hex()}


def extent(data: bytes, offset: int, length: int) -> Dict[str, Any]:
    return {"block": block_id(data), "offset": offset, "length": length}


def located(extents: List[Dict[str, Any]], length: int, blocks: Any = (WORLD, NUMBERS)) -> Dict[str, Any]:
    return {"blocks": [block(data) for data in blocks], "extents": extents, "length": str(length)}


EMPTY_EXTENT = {"block": EMPTY_SHA256, "offset": 0, "length": 0}


def location() -> Group:
    g = group("location", "readLocation")

    def add(slug: str, given: Dict[str, Any], data: bytes, clauses: str, why: str, kills: str) -> None:
        g.ok(slug, "output", given, {"bytes": data.hex()}, clauses=clauses, why=why, kills=kills)

    add("whole-block", located([extent(WORLD, 0, 11)], 11), b"hello world", "LOC-1 LOC-5 LOC-6",
        "An extent that ends exactly at the end of its block is refused.", "location-bounds-exclusive")
    add("start", located([extent(WORLD, 0, 5)], 5), b"hello", "LOC-5 LOC-6",
        "The whole block is given out.", "location-whole-block")
    add("middle", located([extent(WORLD, 2, 5)], 5), b"llo w", "LOC-5 LOC-6",
        "The offset is ignored, or the length is taken for the end.",
        "location-offset-ignored location-length-as-end")
    add("last-byte", located([extent(WORLD, 10, 1)], 1), b"d", "LOC-5 LOC-6",
        "An extent that ends exactly at the end of its block is refused.",
        "location-bounds-exclusive location-length-as-end")
    add("two-extents", located([extent(WORLD, 0, 2), extent(WORLD, 6, 3)], 5), b"hewor", "LOC-6 LOC-7",
        "Only the first extent is read.", "location-first-extent-only")
    add("extents-backwards", located([extent(WORLD, 6, 5), extent(WORLD, 0, 5)], 10), b"worldhello",
        "LOC-6 LOC-7 LOC-8", "The extents are put in the order of their offsets.", "location-extents-sorted")
    add("several-blocks", located([extent(WORLD, 0, 5), extent(NUMBERS, 4, 2)], 7), b"hello45",
        "LOC-6 LOC-7", "Every extent is read from the first block.", "location-first-block-only")
    add("several-blocks-backwards", located([extent(NUMBERS, 4, 2), extent(WORLD, 0, 5)], 7), b"45hello",
        "LOC-6 LOC-7 LOC-8", "The extents are put in the order in which the blocks are stored.",
        "location-extents-in-block-order location-extents-sorted")
    add("blocks-in-turn",
        located([extent(WORLD, 0, 1), extent(NUMBERS, 0, 1), extent(WORLD, 1, 1), extent(NUMBERS, 1, 1)], 4),
        b"h0e1", "LOC-6 LOC-7 LOC-8", "The extents of one block are read together.",
        "location-extents-in-block-order")
    add("extent-twice", located([extent(WORLD, 0, 5), extent(WORLD, 0, 5)], 10), b"hellohello", "LOC-6 LOC-7 LOC-8",
        "An extent that stands twice is read once.", "location-extents-once")
    add("extents-overlap", located([extent(WORLD, 0, 5), extent(WORLD, 3, 4)], 9), b"hellolo w",
        "LOC-6 LOC-7 LOC-8", "Extents that overlap are joined to one.", "location-extents-joined")
    add("extents-adjoin", located([extent(WORLD, i, 1) for i in range(11)], 11), b"hello world",
        "LOC-6 LOC-7 LOC-8", "An artifact in many extents is read otherwise than in one.",
        "location-first-extent-only location-bounds-exclusive")
    add("block-not-needed", located([extent(NUMBERS, 0, 10)], 10), NUMBERS, "LOC-4 LOC-5",
        "The first block that is stored is read instead of the one that is named.",
        "location-first-block-only")
    opaque = {"blocks": [{"id": "11" * 32, "bytes": WORLD.hex()}],
              "extents": [{"block": "11" * 32, "offset": 0, "length": 5}], "length": "5"}
    add("block-id-opaque", opaque, b"hello", "BLK-5",
        "The SHA-256 of a block is compared where nobody asked for it.", "location-block-always-verified")
    add("empty-artifact", located([EMPTY_EXTENT], 0, ()), b"", "LOC-2",
        "The location of the empty artifact asks for a block to be stored.",
        "location-empty-artifact-needs-block location-empty-artifact-refused")
    add("empty-artifact-among-blocks", located([EMPTY_EXTENT], 0), b"", "LOC-2 LOC-3",
        "Every extent of length zero is refused.",
        "location-empty-artifact-refused location-empty-artifact-needs-block")
    add("empty-artifact-block-stored", located([EMPTY_EXTENT], 0, (b"",)), b"", "LOC-2",
        "Every extent of length zero is refused.", "location-empty-artifact-refused")
    return g


def location_refused() -> Group:
    g = group("location-refused", "readLocation")

    def reject(slug: str, given: Dict[str, Any], code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, given, f"CORE.{code}", clauses=clauses, why=why, kills=kills)

    reject("no-extent", located([], 0), "LOCATION.EMPTY", "LOC-1",
           "A location without extents is taken for that of the empty artifact.", "location-empty-accepted")
    reject("order-no-extent-before-length", located([], 5), "LOCATION.EMPTY", "LOC-1",
           "A missing location is reported as one that does not add up.", "location-empty-accepted")

    def zero(slug: str, extents: List[Dict[str, Any]], length: int, why: str, kills: str,
             clauses: str = "LOC-3") -> None:
        reject(slug, located(extents, length), "EXTENT.EMPTY", clauses, why, kills)

    zero("zero-extent-of-a-block", [extent(WORLD, 0, 0)], 0,
         "Any extent of length zero is taken for the empty artifact.", "location-zero-any-block",
         "LOC-2 LOC-3")
    zero("zero-extent-inside-a-block", [extent(WORLD, 5, 0)], 0,
         "Any extent of length zero is taken for the empty artifact.", "location-zero-any-block",
         "LOC-2 LOC-3")
    zero("zero-extent-at-the-end-of-a-block", [extent(WORLD, 11, 0)], 0,
         "Any extent of length zero is taken for the empty artifact.", "location-zero-any-block",
         "LOC-2 LOC-3")
    zero("empty-block-at-an-offset", [{**EMPTY_EXTENT, "offset": 1}], 0,
         "The offset of the empty artifact's extent is not compared.", "location-zero-any-offset",
         "LOC-2 LOC-3")
    zero("zero-extent-first", [extent(WORLD, 0, 0), extent(WORLD, 0, 5)], 5,
         "An extent of length zero is skipped.", "location-zero-any-block location-zero-beside-others")
    zero("zero-extent-last", [extent(WORLD, 0, 5), extent(WORLD, 5, 0)], 5,
         "An extent of length zero is skipped.", "location-zero-any-block location-zero-beside-others")
    zero("empty-extent-first", [EMPTY_EXTENT, extent(WORLD, 0, 5)], 5,
         "The empty artifact's extent is taken in the location of another artifact.",
         "location-zero-beside-others")
    zero("empty-extent-last", [extent(WORLD, 0, 5), EMPTY_EXTENT], 5,
         "The empty artifact's extent is taken in the location of another artifact.",
         "location-zero-beside-others")
    zero("empty-extent-twice", [EMPTY_EXTENT, EMPTY_EXTENT], 0,
         "The empty artifact has more than one location.", "location-zero-beside-others", "LOC-2 LOC-3")
    zero("empty-extent-of-another-length", [EMPTY_EXTENT], 5,
         "The empty artifact's extent is taken in the location of another artifact.",
         "location-empty-extent-any-artifact")
    zero("order-zero-extent-before-absent", [extent(b"absent", 0, 0)], 0,
         "The block is looked for before the length of the extent is checked.", "location-zero-after-absent",
         "LOC-3 LOC-4")
    zero("order-zero-extent-before-bounds", [extent(WORLD, 12, 0)], 0,
         "The bounds are checked before the length of the extent.", "location-zero-after-bounds",
         "LOC-3 LOC-5")

    def absent(slug: str, given: Dict[str, Any], why: str, kills: str, clauses: str = "LOC-4") -> None:
        reject(slug, given, "BLOCK.ABSENT", clauses, why, kills)

    absent("block-absent", located([extent(b"absent", 0, 5)], 5),
           "A block that is not here ends in another error.",
           "location-absent-as-empty location-first-block-only")
    absent("second-block-absent", located([extent(WORLD, 0, 5), extent(b"absent", 0, 1)], 6),
           "Only the first block is looked for.", "location-absent-as-empty location-first-extent-only")
    absent("no-block-stored", located([extent(WORLD, 0, 5)], 5, ()),
           "A store without blocks ends in another error.",
           "location-absent-as-empty")
    near = extent(WORLD, 0, 5)
    near["block"] = near["block"][:-1] + format(int(near["block"][-1], 16) ^ 1, "x")
    absent("block-id-differs-in-the-last-bit", located([near], 5),
           "Blocks are found by the first bytes of their identifier.",
           "location-block-by-prefix")
    absent("order-absent-before-length", located([extent(b"absent", 0, 5)], 6),
           "The sum of the lengths is checked before the extents.", "location-length-first", "LOC-4 LOC-6")
    absent("order-absent-before-next-extent", located([extent(b"absent", 0, 5), extent(WORLD, 0, 0)], 5),
           "All lengths are checked before the first block is looked for.", "location-zero-in-advance",
           "LOC-3 LOC-4")

    def bounds(slug: str, extents: List[Dict[str, Any]], length: int, why: str, kills: str,
               blocks: Any = (WORLD, NUMBERS), clauses: str = "LOC-5") -> None:
        reject(slug, located(extents, length, blocks), "EXTENT.BOUNDS", clauses, why, kills)

    bounds("one-past-the-end", [extent(WORLD, 0, 12)], 12, "What lies beyond the block is cut off.",
           "location-bounds-unchecked location-bounds-off-by-one location-bounds-offset-only")
    bounds("last-byte-and-one-more", [extent(WORLD, 10, 2)], 2, "Only the offset is compared with the block.",
           "location-bounds-offset-only location-bounds-length-only location-bounds-off-by-one")
    bounds("offset-at-the-end", [extent(WORLD, 11, 1)], 1, "The byte behind the block is read.",
           "location-bounds-unchecked location-bounds-off-by-one location-bounds-length-only")
    bounds("offset-past-the-end", [extent(WORLD, 12, 1)], 1, "An offset beyond the block gives no bytes.",
           "location-bounds-unchecked location-bounds-length-only")
    bounds("second-extent-past-the-end", [extent(NUMBERS, 0, 10), extent(NUMBERS, 9, 2)], 12,
           "Only the first extent is checked.", "location-bounds-first-only")
    bounds("fits-in-the-other-block", [extent(NUMBERS, 0, 11)], 11,
           "The extent is compared with the longest block.", "location-bounds-longest-block")
    bounds("sum-2-32", [extent(WORLD, 2**32 - 1, 1)], 1, "Offset and length are added in 32 bits, to zero.",
           "location-bounds-wrap location-bounds-length-only")
    bounds("sum-2-32-and-1", [extent(WORLD, 2**32 - 1, 2)], 2,
           "Offset and length are added in 32 bits, to one.",
           "location-bounds-wrap location-bounds-length-only")
    bounds("sum-2-32-from-length", [extent(WORLD, 2, 2**32 - 2)], 2**32 - 2,
           "Offset and length are added in 32 bits, to zero.",
           "location-bounds-wrap location-bounds-offset-only")
    bounds("sum-greatest", [extent(WORLD, 2**32 - 1, 2**32 - 1)], 2**32 - 1,
           "Offset and length are added as signed 32-bit integers.", "location-bounds-i32")
    bounds("sum-2-31", [extent(WORLD, 2**31 - 1, 1)], 1,
           "Offset and length are added as signed 32-bit integers.",
           "location-bounds-i32")
    bounds("empty-block", [extent(b"", 0, 1)], 1, "The block of no bytes is taken for one of any length.",
           "location-bounds-empty-block-unchecked", (b"",))
    bounds("order-bounds-before-next-extent", [extent(WORLD, 0, 12), extent(b"absent", 0, 1)], 13,
           "All blocks are looked for before the first extent is compared with its block.",
           "location-absent-in-advance", clauses="LOC-4 LOC-5")
    bounds("order-bounds-before-length", [extent(WORLD, 0, 12)], 5,
           "The sum of the lengths is checked before the extents.", "location-length-first",
           clauses="LOC-5 LOC-6")

    def length(slug: str, extents: List[Dict[str, Any]], total: int, why: str, kills: str) -> None:
        reject(slug, located(extents, total), "LOCATION.LENGTH", "LOC-6", why, kills)

    length("sum-short-by-one", [extent(WORLD, 0, 4)], 5, "A location may be shorter than the artifact.",
           "location-length-unchecked location-shorter-accepted")
    length("sum-long-by-one", [extent(WORLD, 0, 6)], 5, "What a location has too much is cut off.",
           "location-length-unchecked location-longer-cut")
    length("sum-of-two-short-by-one", [extent(WORLD, 0, 5), extent(NUMBERS, 0, 4)], 10,
           "A location may be shorter than the artifact.", "location-shorter-accepted")
    length("sum-of-two-long-by-one", [extent(WORLD, 0, 5), extent(NUMBERS, 0, 6)], 10,
           "What a location has too much is cut off.", "location-longer-cut")
    length("extent-too-many", [extent(WORLD, 0, 5), extent(NUMBERS, 0, 1)], 5,
           "Extents behind the artifact's length are not read.",
           "location-stops-at-length location-longer-cut")
    length("bytes-for-the-empty-artifact", [extent(WORLD, 0, 5)], 0,
           "A length of zero is taken for a length that is not known.", "location-length-zero-unchecked")
    length("length-2-32-and-5", [extent(WORLD, 0, 5)], 2**32 + 5, "Lengths are compared in 32 bits.",
           "location-length-u32")
    length("length-2-53-and-1", [extent(WORLD, 0, 5)], 2**53 + 1,
           "A length that is not a safe integer ends in another error.", "location-length-safe-integer")
    length("length-greatest", [extent(WORLD, 0, 5)], 2**64 - 1,
           "The length is taken for minus one, a length not known.", "location-length-i64")
    return g


FILES = {
    "asl-1-core/artifact.json": (encode, decode, decode_truncated, decode_refused, stream, stream_refused),
    "asl-1-core/reference.json": (reference, hash_id_refused, binary, text, verifying, order),
    "asl-1-core/location.json": (seal, verify_block, location, location_refused),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
