#!/usr/bin/env python3
"""Writes conformance/vectors/asl-log-1, or compares it with what is on disk (`--check`)."""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional

from vector_file import Group, file_text, main
from log_draft import (
    DEMO, ZERO, Draft, Given, change, flip, header, key, lift, payload, publish, rotate, seal, segment,
    tombstone,
    u32, u64, unpublish,
)  # fmt: skip

from amduat import log
from operations import OPERATIONS
from recipe import describe

SPEC = "ASL/LOG/1"
# The manifest of ASL/DOMAIN/1 §1 with openness 0.
CLOSED = bytes.fromhex("477bf465016186bc70036387c78031d10afbc9114c62ca623b0f21f95e0937ac")
SECRET = b"\x5e" * 32
OTHER_DOMAIN = b"\xab" * 32
PAST_SAFE = 2**53 + 1
LAST = 2**64 - 1

Json = Dict[str, Any]


def group(name: str, op: str) -> Group:
    return Group(f"log.{name}", f"log.{op}", "0.1.0", "LOG")


def owner(domain: bytes = DEMO, is_open: bool = True) -> Json:
    return {"domainId": domain.hex(), "open": is_open}


def writer(domain: bytes = DEMO, is_open: bool = True, secret: Optional[bytes] = None) -> Json:
    return {**owner(domain, is_open), **({} if secret is None else {"secret": secret.hex()})}


CLOSED_WRITER = writer(CLOSED, False, SECRET)
CLOSED_OWNER = owner(CLOSED, False)


def closed() -> Draft:
    return Draft(CLOSED)


# Bodies as operations take them.


def b_seal(*numbers: int) -> Json:
    return {"type": "segment-seal", "segmentIds": [segment(n).hex() for n in numbers]}


def b_tombstone(n: int, reason: int = 0, hash_id: int = 1) -> Json:
    return {"type": "tombstone", "key": key(n, hash_id).hex(), "reason": reason}


def b_lift(logseq: int) -> Json:
    return {"type": "tombstone-lift", "tombstone": str(logseq)}


def b_publish(*numbers: int, hash_id: int = 1) -> Json:
    return {"type": "artifact-publish", "keys": [key(n, hash_id).hex() for n in numbers]}


def b_unpublish(*numbers: int) -> Json:
    return {"type": "artifact-unpublish", "keys": [key(n).hex() for n in numbers]}


def b_rotate(recovery: bool = False) -> Json:
    more = {"recoveryKey": "88" * 32} if recovery else {}
    return {"type": "authority-rotate", "newKey": "77" * 32, **more, "signature": "99" * 64}


def b_anchor(snapshot_id: bytes, position: int) -> Json:
    return {"type": "snapshot-anchor", "snapshotId": snapshot_id.hex(), "snapshotLogseq": str(position),
            "stateRoot": "41" * 32, "publicRoot": "42" * 32, "manifestHash": "43" * 32}


# Writing


def encode() -> Group:
    g = group("encode", "encode")

    def add(slug: str, groups: List[List[Json]], who: Json, **more: Any) -> None:
        g.ok(slug, "output", {**who, "groups": groups}, None, **more)

    demo = writer()
    add("empty", [], demo, clauses="HDR-8 CHN-2 APP-3",
        why="A log without records has a frame, or a base_record_hash of zero.",
        kills="encode-base-hash-zero encode-empty-frame header-hash-whole")
    add("worked-example", [[b_seal(0x33)]], demo,
        clauses="CHN-1 CHN-2 PFX-1 PFX-2 FRM-2 APP-2 APP-3 DOM-SEC-2",
        why="The header, the frame or the record of the example in the text comes out otherwise.",
        kills="chain-ignores-prev chain-skips-prefix chain-hashes-length chain-hashes-logseq "
        "encode-public-zero frame-hash-without-head frame-hash-over-payloads encode-big-endian chain-from-zero")
    add("two-frames", [[b_seal(0x33)], [b_seal(0x34)]], demo, clauses="CHN-1 APP-2 APP-3",
        why="The second record begins a chain of its own, or the first frame is written again.",
        kills="chain-ignores-prev chain-from-frame")
    add("one-frame-two-records", [[b_seal(0x33), b_seal(0x34)]], demo, clauses="CHN-1 APP-2",
        why="Every record gets a frame of its own, or the chain runs over frames.",
        kills="encode-frame-per-record chain-of-frames")
    add("three-frames-of-1-2-3", [[b_seal(1)], [b_seal(2), b_publish(1)],
                                  [b_tombstone(1), b_lift(4), b_rotate()]],
        demo, clauses="CHN-1 APP-2 REC-1 REC-4", why="A frame's first_logseq is counted in frames.",
        kills="encode-first-logseq-of-frame")
    add("seal-two", [[b_seal(1, 2)]], demo, clauses="PAY-1 PAY-2 PAY-3 REC-4",
        why="A seal carries one SegmentID only.",
        kills="encode-seal-first-only encode-seal-descending")
    add("tombstone", [[b_tombstone(0xAA, 7)]], demo, clauses="PAY-5 REC-4",
        why="The reference or the reason is written in the other byte order.",
        kills="encode-big-endian encode-key-without-hash-id")
    add("tombstone-reason-greatest", [[b_tombstone(0xAA, 2**32 - 1)]], demo, clauses="PAY-5",
        why="The reason is kept as a signed integer or checked against a list.", kills="reason-limited")
    add("lift", [[b_tombstone(1)], [b_lift(1)]], demo, clauses="ACT-3 REC-4",
        why="A lift carries the key, or a u32.", kills="encode-lift-u32")
    add("publish-two", [[b_publish(1, 2)]], demo, clauses="PAY-3 REC-4",
        why="A publication carries one key, or 32 bytes of each.", kills="encode-key-without-hash-id")
    add("unpublish", [[b_unpublish(9)]], demo, clauses="REC-4",
        why="An unpublication is written as a publication with a flag.", kills="encode-unpublish-as-publish")
    add("publish-blake3-key", [[b_publish(1, hash_id=2)]], demo, clauses="PAY-4",
        why="A registered hash function that is optional is refused.", kills="hash-id-sha256-only")
    add("rotate", [[b_rotate()]], demo, clauses="PAY-6 REC-4",
        why="A recovery key of zero bytes is written where there is none.", kills="encode-rotate-padded")
    add("rotate-recovery", [[b_rotate(True)]], demo, clauses="PAY-6 REC-4",
        why="The recovery key is left out, or stands after the signature.",
        kills="encode-rotate-recovery-last encode-rotate-recovery-dropped")
    first = Draft().frame(seal(0x33))
    add("anchor", [[b_seal(0x33)], [b_anchor(first.snapshot_id(1), 1)]], demo,
        clauses="ACT-5 ACT-6 REC-4 STX-SNAP-1",
        why="The own logseq is left out, or stands before the roots.", kills="encode-anchor-own-snapshot")
    add("open-with-secret", [[b_seal(0x33)]], writer(secret=SECRET), clauses="PFX-2 DOM-SEC-2",
        why="A secret that is handed over salts the records of an open domain, or is refused.",
        kills="open-salted-with-secret open-secret-refused")
    add("closed-seal", [[b_seal(0x33)]], CLOSED_WRITER, clauses="PFX-1 PFX-3 DOM-SEC-1",
        why="The salt is random, made without the secret, or over other bytes; or a seal is public.",
        kills="salt-ignores-public salt-ignores-type salt-ignores-rest salt-plain-hash salt-of-own-hash "
        "closed-seal-public salt-zero")
    add("closed-two-records", [[b_seal(0x33), b_seal(0x34)]], CLOSED_WRITER, clauses="PFX-3",
        why="The salt does not depend on the record before.", kills="salt-of-base salt-ignores-prev")
    add("closed-same-record-twice", [[b_seal(0x33)], [b_seal(0x33)]], CLOSED_WRITER, clauses="PFX-3 ACT-1",
        why="Two equal records get one salt, and their payloads show that they are equal.",
        kills="salt-ignores-prev")
    add("closed-publication", [[b_publish(1)], [b_unpublish(1)], [b_rotate()]], CLOSED_WRITER,
        clauses="PFX-1",
        why="A publication of a closed domain is written as not public.",
        kills="closed-publish-private closed-unpublish-private closed-rotate-private")
    add("closed-tombstones", [[b_tombstone(1), b_publish(1), b_tombstone(1), b_lift(1), b_unpublish(1),
                               b_lift(3),
                               b_tombstone(1)]], CLOSED_WRITER, clauses="PFX-1",
        why="Whether a tombstone is public is decided by another state than the one below the record.",
        kills="closed-tombstone-private closed-tombstone-public closed-ever-published "
        "closed-lift-as-its-tombstone closed-lift-private")
    return g


def encode_refused() -> Group:
    g = group("encode-refused", "encode")

    def refuse(slug: str, groups: List[List[Json]], code: str, clauses: str, why: str, kills: str,
               who: Optional[Json] = None) -> None:
        g.reject(slug, {**(who or writer()), "groups": groups}, code, clauses=clauses, why=why, kills=kills)

    refuse("closed-without-secret", [[b_seal(1)]], "DOM.SECRET", "PFX-3 DOM-SEC-1 DOM-SEC-3",
           "Without the secret a writer makes salts of zero.", "writer-without-secret",
           writer(CLOSED, False))
    refuse("seal-nothing", [[b_seal()]], "LOG.PAYLOAD.COUNT", "PAY-2 APP-1", "An empty list is written.",
           "count-zero-accepted writer-unchecked")
    refuse("seal-descending", [[b_seal(2, 1)]], "LOG.PAYLOAD.ORDER", "PAY-3 APP-1",
           "A writer writes a list as it is, or puts it in order in silence.",
           "order-unchecked writer-sorts writer-unchecked")
    refuse("seal-repeated", [[b_seal(1, 1)]], "LOG.PAYLOAD.ORDER", "PAY-3 ACT-1 APP-1",
           "A repetition is written, or left out in silence.", "order-not-strict writer-unchecked")
    refuse("publish-nothing", [[b_publish()]], "LOG.PAYLOAD.COUNT", "PAY-2 APP-1",
           "An empty list is written.",
           "count-zero-accepted writer-unchecked")
    refuse("tombstone-hash-id-3", [[b_tombstone(1, 0, 3)]], "LOG.PAYLOAD.HASH_ID", "PAY-4 APP-1",
           "A hash_id that is not registered is written.", "hash-id-unchecked tombstone-hash-id-unchecked "
           "writer-unchecked")
    refuse("lift-of-nothing", [[b_lift(1)]], "LOG.LIFT", "ACT-3 APP-1",
           "A lift of its own logseq is written.",
           "lift-unchecked writer-unchecked-state")
    refuse("lift-twice-in-one-frame", [[b_tombstone(1), b_lift(1), b_lift(1)]], "LOG.LIFT",
           "ACT-3 ACT-2 APP-2",
           "The records of a frame are checked against the state before the frame.",
           "lift-of-lifted-accepted writer-state-per-frame writer-unchecked-state")
    return g


def append() -> Group:
    g = group("append", "append")

    def add(slug: str, draft: Draft, body: Json, who: Optional[Json] = None, **more: Any) -> None:
        given = {**(who or writer()), "bytes": describe(draft.data), "body": body}
        g.ok(slug, "output", given, None, **more)

    one = Draft().frame(seal(0x33))
    add("first", Draft(), b_seal(0x33), clauses="APP-2 CHN-2",
        why="The chain does not begin with the DomainID.",
        kills="chain-from-zero")
    add("second", one, b_seal(0x34), clauses="APP-1 APP-2 CHN-1",
        why="The record before is not in the chain.",
        kills="chain-ignores-prev")
    add("same-segment-again", one, b_seal(0x33), clauses="APP-1 ACT-1",
        why="A segment that is sealed already is refused.", kills="seal-twice-refused")
    add("lift", Draft().frame(tombstone(1)), b_lift(1), clauses="APP-1 ACT-3",
        why="A lift is checked against something else than the live tombstones.", kills="lift-by-index")
    add("anchor", one, b_anchor(one.snapshot_id(1), 1), clauses="APP-2 ACT-5 ACT-6",
        why="The own logseq is that of the record before.",
        kills="encode-anchor-own-snapshot anchor-own-last")
    add("after-zeros", Draft().frame(seal(0x33)).raw(bytes(100)), b_seal(0x34), clauses="APP-2 FRM-2",
        why="Zeros at the end of a file are counted as a record, or refused.", kills="zeros-are-refused")
    far = Draft(base=PAST_SAFE, base_hash=b"\x77" * 32)
    add("after-base-past-2-53", far, b_seal(1), clauses="APP-2 CHN-1",
        why="The base_record_hash is not used.", kills="chain-from-domain")
    add("anchor-past-2-53", Draft(base=PAST_SAFE, base_hash=b"\x77" * 32).frame(seal(1)),
        b_anchor(Draft(base=PAST_SAFE, base_hash=b"\x77" * 32).frame(seal(1)).snapshot_id(PAST_SAFE + 1),
                 PAST_SAFE + 1),
        clauses="APP-2 ACT-5 STX-SNAP-1", why="The own logseq is computed as a floating-point number.",
        kills="anchor-own-float")
    add("greatest-logseq", Draft(base=LAST - 1, base_hash=b"\x77" * 32), b_seal(1), clauses="APP-4 APP-2",
        why="The last logseq is not given out.", kills="append-greatest-refused")
    add("closed-tombstone-of-published", closed().frame(publish(1)), b_tombstone(1), CLOSED_WRITER,
        clauses="PFX-1 PFX-3 DOM-SEC-1",
        why="The publication below is not looked at.", kills="closed-tombstone-private")
    add("closed-tombstone-of-other-key", closed().frame(publish(1)), b_tombstone(2), CLOSED_WRITER,
        clauses="PFX-1 PFX-3", why="The publication of another key is looked at.",
        kills="closed-tombstone-public closed-any-published")
    add("closed-anchor", closed().frame(seal(1, public=0)),
        b_anchor(closed().frame(seal(1, public=0)).snapshot_id(1), 1), CLOSED_WRITER,
        clauses="PFX-1 PFX-3 ACT-5",
        why="An anchor of a closed domain is written as not public.", kills="closed-anchor-private")
    add("closed-seal", closed().frame(seal(1, public=0)), b_seal(2), CLOSED_WRITER, clauses="PFX-3 DOM-SEC-3",
        why="The salt is made from the DomainID instead of the record before.", kills="salt-of-base")
    return g


def append_refused() -> Group:
    g = group("append-refused", "append")

    def refuse(slug: str, draft: Draft, body: Json, code: str, clauses: str, why: str, kills: str,
               who: Optional[Json] = None) -> None:
        given = {**(who or writer()), "bytes": describe(draft.data), "body": body}
        g.reject(slug, given, code, clauses=clauses, why=why, kills=kills)

    refuse("partial", Draft().frame(seal(1)).frame((8, b"")), b_seal(2), "LOG.PARTIAL", "RPL-7 REC-3",
           "A writer appends to a log that it does not understand.", "partial-append")
    refuse("partial-type-greatest", Draft().frame((2**32 - 1, b"\1")).frame(seal(1)), b_seal(2),
           "LOG.PARTIAL",
           "RPL-7 REC-3", "An unknown record that is not the last one is forgotten.",
           "partial-append partial-last-only")
    refuse("order-secret-before-partial", closed().frame((8, b"")), b_seal(2), "DOM.SECRET",
           "DOM-SEC-3 RPL-7",
           "The state is looked at before the secret.", "partial-before-secret writer-without-secret",
           writer(CLOSED, False))
    refuse("order-partial-before-body", Draft().frame((8, b"")), b_seal(), "LOG.PARTIAL", "RPL-7 PAY-2",
           "The record is looked at before the state.", "partial-append partial-after-body")
    full = Draft(base=LAST, base_hash=b"\x77" * 32)
    refuse("full", full, b_seal(1), "LOG.LIMIT", "APP-4", "The logseq after the greatest is 0.", "append-wraps")
    refuse("full-after-a-record", Draft(base=LAST - 1, base_hash=b"\x77" * 32).frame(seal(1)), b_seal(2),
           "LOG.LIMIT", "APP-4", "The logseq after the greatest is 0.", "append-wraps")
    refuse("order-full-before-body", full, b_seal(), "LOG.LIMIT", "APP-4 PAY-2",
           "The record is looked at before the log.", "append-wraps full-after-body")
    refuse("order-partial-before-full", Draft(base=LAST - 1, base_hash=b"\x77" * 32).frame((8, b"")), b_seal(2),
           "LOG.PARTIAL", "APP-4 RPL-7", "That the log is full is said first.", "partial-append full-before-partial")
    refuse("closed-without-secret", closed().frame(seal(1, public=0)), b_seal(2), "DOM.SECRET",
           "PFX-3 DOM-SEC-1 DOM-SEC-3", "A salt of zero is written where the secret is missing.",
           "writer-without-secret", writer(CLOSED, False))
    refuse("lift-of-lifted", Draft().frame(tombstone(1)).frame(lift(1)), b_lift(1), "LOG.LIFT",
           "ACT-3 ACT-2 APP-1",
           "A tombstone is lifted twice.", "lift-of-lifted-accepted writer-unchecked-state")
    refuse("lift-of-seal", Draft().frame(seal(1)), b_lift(1), "LOG.LIFT", "ACT-3 APP-1",
           "Any logseq below is taken for a tombstone.", "lift-of-any-record writer-unchecked-state")
    refuse("anchor-at-zero", Draft().frame(seal(1)), b_anchor(Draft().snapshot_id(0), 0),
           "LOG.ANCHOR.POSITION",
           "ACT-5 APP-1", "The empty state is anchored.", "anchor-zero-accepted writer-unchecked-state")
    refuse("anchor-at-itself", Draft().frame(seal(1)), b_anchor(b"\1" * 32, 2), "LOG.ANCHOR.POSITION",
           "ACT-5 APP-1 APP-2", "An anchor names a state that contains it.",
           "anchor-own-accepted writer-unchecked-state")
    refuse("anchor-of-other-snapshot", Draft().frame(seal(1)), b_anchor(Draft().snapshot_id(0), 1),
           "LOG.ANCHOR.SNAPSHOT", "ACT-6 APP-1", "The SnapshotID is written as it is given.",
           "anchor-snapshot-unchecked writer-unchecked-state")
    refuse("damaged", Draft().frame(seal(1)).raw(b"\1").frame(seal(2)), b_seal(3), "LOG.DAMAGED",
           "FRM-4 FRM-5 APP-1",
           "A writer goes on behind a gap.", "gap-skipped damaged-is-torn")
    refuse("invalid-record-below", Draft().frame(lift(5)).frame(seal(1)), b_seal(2), "LOG.LIFT",
           "APP-1 RPL-4 RPL-1",
           "A writer does not replay the log that it appends to.", "lift-unchecked")
    return g


# The file


def scan_header() -> Group:
    g = group("scan-header", "scan")

    def add(slug: str, data: bytes, domain: Optional[bytes], **more: Any) -> None:
        given: Json = {"bytes": describe(data)}
        if domain is not None:
            given["domainId"] = domain.hex()
        g.ok(slug, "output", given, {"end": "clean", "offset": "160", "records": []}, **more)

    add("smallest", header(), DEMO, clauses="HDR-1 HDR-2 HDR-3 HDR-4 HDR-5 HDR-6 HDR-7 HDR-8 FRM-2",
        why="A log without frames is refused.", kills="header-length-exclusive frame-required")
    add("no-domain-expected", header(), None, clauses="HDR-7",
        why="A reader that expects no domain refuses all.",
        kills="domain-required")
    add("base-1", header(base=1, base_hash=b"\x55" * 32), DEMO, clauses="HDR-8",
        why="A base_record_hash that is not the DomainID is refused for every base.",
        kills="base-hash-always-domain")
    add("base-1-domain-as-hash", header(base=1), DEMO, clauses="HDR-8",
        why="A base above 0 with the DomainID as record hash is refused.", kills="base-hash-never-domain")
    add("base-1-manifest", header(base=1, base_hash=b"\x55" * 32, manifest=b"\x66" * 32), DEMO,
        clauses="HDR-8",
        why="A manifest hash is refused for every base.", kills="base-manifest-always-zero")
    add("base-2-32", header(base=2**32, base_hash=b"\x55" * 32, manifest=b"\x66" * 32), DEMO, clauses="HDR-8",
        why="Only the low 32 bits of the base are compared with 0.", kills="base-u32")
    add("base-greatest", header(base=LAST, base_hash=b"\x55" * 32), DEMO, clauses="HDR-8",
        why="A base that is no safe integer is refused, or read as minus one.",
        kills="base-safe-integer base-i64")
    return g


def scan_header_refused() -> Group:
    g = group("scan-header-refused", "scan")

    def refuse(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": describe(data), "domainId": DEMO.hex()}, code, clauses=clauses, why=why,
                 kills=kills)

    for length in (0, 8, 128, 159):
        refuse(f"length-{length}", header()[:length], "LOG.HEADER.TRUNCATED", "HDR-1",
               "A file that ends in the header is taken, or ends in another error.",
               "header-truncated-accepted")
    refuse("magic-first-byte", header(b"aSLLOG01"), "LOG.MAGIC", "HDR-2",
           "The magic is compared without case.",
           "magic-unchecked magic-any-case")
    refuse("magic-last-byte", header(b"ASLLOG02"), "LOG.MAGIC", "HDR-2",
           "Only a part of the magic is compared.",
           "magic-unchecked magic-prefix")
    refuse("magic-of-segment", header(b"ASLSEG01"), "LOG.MAGIC", "HDR-2", "A file of another kind is read.",
           "magic-unchecked")
    for number in (0, 2, 257, 2**24):
        refuse(f"version-{number}", header(version=number), "LOG.VERSION", "HDR-3",
               "Another version is read as the first.",
               "header-version-unchecked" + (" header-version-u8" if number == 257 else "")
               + (" header-version-big-endian" if number == 2**24 else ""))
    for number in (0, 128, 159, 161, 160 + 2**16):
        refuse(f"header-size-{number}", header(size=number), "LOG.HEADER_SIZE", "HDR-4",
               "The size is not looked at, or the frames are looked for behind it.",
               "header-size-unchecked" + (" header-size-u16" if number > 2**16 else "")
               + (" header-size-at-least" if number > 160 else ""))
    for number in (1, 2**31, 2**32, 2**63):
        refuse(f"flags-2-{number.bit_length() - 1}", header(flags=number), "LOG.FLAGS", "HDR-5",
               "A flag that is not known is ignored.",
               "header-flags-unchecked" + (" header-flags-u32" if number >= 2**32 else ""))
    refuse("hash-first-bit", flip(header(), 128), "LOG.HEADER_HASH", "HDR-6", "The hash is not compared.",
           "header-hash-unchecked")
    refuse("hash-last-bit", flip(header(), 159, 0x80), "LOG.HEADER_HASH", "HDR-6",
           "Only the beginning is compared.",
           "header-hash-unchecked header-hash-prefix")
    refuse("base-changed", flip(header(base=4, base_hash=b"\x55" * 32), 56), "LOG.HEADER_HASH", "HDR-6",
           "The hash does not reach over the base.", "header-hash-unchecked header-hash-without-base")
    refuse("other-domain", header(domain=OTHER_DOMAIN, base_hash=OTHER_DOMAIN), "LOG.DOMAIN", "HDR-7 CHN-2",
           "The log of another domain is read.", "domain-unchecked")
    refuse("other-domain-base-1", header(domain=OTHER_DOMAIN, base=1), "LOG.DOMAIN", "HDR-7",
           "The domain is compared at base 0 only.", "domain-unchecked domain-by-base-hash")
    refuse("base-0-hash-zero", header(base_hash=ZERO), "LOG.BASE", "HDR-8 CHN-2",
           "The chain is let begin with zeros.", "base-hash-unchecked")
    refuse("base-0-other-hash", header(base_hash=flip(DEMO, 31)), "LOG.BASE", "HDR-8 CHN-2",
           "The chain is let begin anywhere.", "base-hash-unchecked base-hash-prefix")
    refuse("base-0-manifest", header(manifest=bytes(31) + b"\1"), "LOG.BASE", "HDR-8",
           "A manifest at base 0 is ignored.", "base-manifest-unchecked")
    refuse("order-version-before-hash", flip(header(version=2), 128), "LOG.VERSION", "HDR-3 HDR-6",
           "The hash is compared first, so a later version is called damaged.", "header-hash-first")
    refuse("order-magic-before-version", header(b"ASLLOG02", version=2), "LOG.MAGIC", "HDR-2 HDR-3",
           "The version is looked at in a file of another kind.", "magic-unchecked")
    refuse("order-domain-before-base", header(domain=OTHER_DOMAIN), "LOG.DOMAIN", "HDR-7 HDR-8",
           "The base is looked at before the domain.", "domain-unchecked base-before-domain")
    return g


def scanned(draft_data: bytes, domain: bytes = DEMO) -> Json:
    return {"bytes": describe(draft_data), "domainId": domain.hex()}


def scan_frames() -> Group:
    g = group("scan-frames", "scan")

    def add(slug: str, draft: Draft, **more: Any) -> None:
        given = scanned(draft.data)
        ok = OPERATIONS["log.scan"](given)
        if (ok["end"], ok["offset"]) != ("clean", str(len(draft.data))):
            raise ValueError(f"{slug}: {ok}")
        g.ok(slug, "output", given, None, **more)

    add("worked-example", Draft().frame(seal(0x33)), clauses="REC-1 REC-2 CHN-1 FRM-2 FRM-6 FRM-7",
        why="The frame or the record of the example in the text is not read.",
        kills="chain-ignores-prev chain-skips-prefix frame-hash-without-head scan-big-endian")
    add("two-frames", Draft().frame(seal(1)).frame(seal(2)), clauses="FRM-2 REC-1 CHN-1",
        why="The second frame is not looked for, or its record begins a chain.",
        kills="frame-first-only chain-from-frame")
    add("records-1-2-3",
        Draft().frame(seal(1)).frame(seal(2), publish(1)).frame(tombstone(1), lift(4), rotate()),
        clauses="FRM-6 FRM-7 REC-1 CHN-1 REC-2", why="One record is read from a frame.",
        kills="record-first-only")
    add("every-type",
        Draft().frame(seal(1)).frame(tombstone(1)).frame(lift(2)).frame(publish(1)).frame(unpublish(1))
        .frame(rotate()).frame(rotate(True)), clauses="REC-2 FRM-2 REC-5",
        why="A type is not known.", kills="type-seven-unknown")
    add("unknown-type-empty-payload", Draft().frame((8, b"")), clauses="REC-3 FRM-6",
        why="A payload without bytes is refused.", kills="payload-empty-refused")
    add("unknown-type-greatest", Draft().frame((2**32 - 1, b"xyz")), clauses="REC-3",
        why="The type is read as a signed integer, or 16 bits of it.", kills="type-i32 type-u16")
    add("base-past-2-53",
        Draft(base=PAST_SAFE, base_hash=b"\x77" * 32).frame(seal(1), seal(2)).frame(seal(3)),
        clauses="REC-1 FRM-7", why="Logseqs are floating-point numbers: 2^53 + 2 and 2^53 + 3 are one.",
        kills="logseq-float")
    add("base-greatest-but-one", Draft(base=LAST - 1, base_hash=b"\x77" * 32).frame(seal(1)), clauses="REC-1",
        why="The greatest logseq is refused, or read as minus one.",
        kills="logseq-i64 logseq-greatest-refused")
    add("base-2-32-less-1", Draft(base=2**32 - 1, base_hash=b"\x77" * 32).frame(seal(1)), clauses="REC-1",
        why="Logseqs are read as u32.", kills="logseq-u32")
    inner = log.encode_frame(9, b"x" * 60)
    add("frame-inside-payload", Draft().frame((8, inner)).frame(seal(1)), clauses="FRM-2 REC-3",
        why="A frame is looked for inside of a good one.", kills="frames-by-search")
    add("magic-inside-payload", Draft().frame((8, b"ASLFASLF")).frame(seal(1)), clauses="FRM-2",
        why="The end of a frame is found by looking for the next magic.", kills="frames-split-at-magic")
    add("last-byte-of-hash-is-zero", zero_ending(), clauses="FRM-2",
        why="Zeros that belong to a frame are cut off.",
        kills="zeros-cut-first")
    return g


def zero_ending() -> Draft:
    """A log whose last byte, the last one of a record_hash, is zero."""
    for n in range(4096):
        draft = Draft().frame((8, u32(n)))
        if draft.data[-1] == 0:
            return draft
    raise ValueError("not found")


def scan_tail() -> Group:
    g = group("scan-tail", "scan")

    def add(slug: str, data: bytes, end: str, offset: int, clauses: str, why: str, kills: str) -> None:
        given = scanned(data)
        ok = OPERATIONS["log.scan"](given)
        if (ok["end"], ok["offset"]) != (end, str(offset)):
            raise ValueError(f"{slug}: {ok}")
        g.ok(slug, "output", given, None, clauses=clauses, why=why, kills=kills)

    one = Draft().frame(seal(1))
    two = Draft().frame(seal(1)).frame(seal(2))
    whole, first_end, end = two.data, two.ends[1], two.ends[2]

    for count in (1, 47, 48, 160, 5000):
        add(f"zeros-{count}", whole + bytes(count), "clean", end, "FRM-2",
            "Zeros behind the last frame make the file torn, or are counted in its end.",
            "zeros-are-torn zeros-counted" + (" zeros-within-4096" if count == 5000 else ""))
    add("zeros-after-header", header() + bytes(64), "clean", 160, "FRM-2",
        "A log of a header and zeros is torn.",
        "zeros-are-torn zeros-counted")

    def torn(slug: str, tail: bytes, why: str, kills: str, clauses: str = "FRM-3 FRM-5") -> None:
        add(slug, one.data + tail, "torn", len(one.data), clauses, why, kills)

    second = whole[first_end:]
    for length in (1, 4, 16, 47, 48, 49, len(second) - 1):
        torn(f"cut-{length}", second[:length], "A frame of which a part is missing is taken, or refused.",
             "torn-refused torn-is-clean" + ("" if length > 49 else "") +
             (" frame-length-unchecked" if length >= 48 else ""))
    torn("magic-wrong", flip(second, 0), "The magic of a frame is not compared.",
         "torn-refused frame-magic-unchecked")
    resealed = b"ASLE" + second[4:16]
    torn("magic-wrong-resealed", resealed + log._sha256(resealed, second[48:]) + second[48:],
         "The magic of a frame is not compared.", "frame-magic-unchecked")
    torn("frame-hash-first-bit", flip(second, 16), "The frame_hash is not compared.", "frame-hash-unchecked")
    torn("frame-hash-last-bit", flip(second, 47, 0x80), "Only the beginning of the frame_hash is compared.",
         "frame-hash-unchecked frame-hash-prefix")
    torn("first-logseq-changed", flip(second, 8), "The frame_hash does not reach over first_logseq.",
         "frame-hash-unchecked frame-hash-without-head")
    torn("record-changed", flip(second, 60), "The frame_hash is not compared.", "frame-hash-unchecked")
    torn("last-byte-changed", flip(second, len(second) - 1),
         "The frame_hash does not reach over the last record_hash.",
         "frame-hash-unchecked frame-hash-over-payloads")
    torn("byte-count-greater-by-one", change(second, 4, u32(len(second) - 47)),
         "A byte_count beyond the end of the file is cut to it.", "frame-length-unchecked")
    torn("byte-count-greatest", change(second, 4, u32(2**32 - 1)),
         "Memory for 4 GiB is reserved, or the count is taken for minus one.", "frame-reserves-first")
    empty = log.encode_frame(2, b"")
    torn("byte-count-0", empty, "A frame without records is taken for a good one.", "frame-empty-good",
         "FRM-6 FRM-3")
    torn("byte-count-0-then-zeros", empty + bytes(80), "A frame without records is taken for a good one.",
         "frame-empty-good", "FRM-6 FRM-3")
    torn("garbage", b"\xff" * 100, "What is no frame is refused, or taken for the clean end.",
         "torn-refused torn-is-clean")
    torn("garbage-then-zeros", b"\x01" + bytes(200), "Zeros at the end make a torn file clean.",
         "torn-is-clean zeros-anywhere")
    torn("zeros-then-garbage", bytes(200) + b"\x01",
         "Zeros where a frame is expected make a torn file clean.",
         "torn-is-clean zeros-first-frame-header")
    torn("zeros-5000-then-garbage", bytes(5000) + b"\x01", "Only the next page is looked at for zeros.",
         "torn-is-clean zeros-first-page")
    torn("magic-only", b"ASLF", "A magic at the end is read beyond the file.", "frame-read-past-end")
    torn("magic-many", b"ASLF" * 12, "A magic in the place of the length is followed.", "torn-refused")
    torn("stale-frame-same", b"\x01" + one.data[160:],
         "A copy of an old frame behind a tear is taken for damage.",
         "stale-frame-damages", "FRM-3 FRM-4")
    add("stale-frame-lower", whole + b"\x01" + one.data[160:], "torn", end, "FRM-3 FRM-4",
        "A copy of an old frame behind a tear is taken for damage.",
        "stale-frame-damages stale-frame-same-only")
    based = Draft(base=5, base_hash=b"\x77" * 32)
    add("stale-frame-before-base", based.data + b"\x01" + log.encode_frame(5, b"x" * 60), "torn", 160,
        "FRM-3 FRM-4",
        "A frame from below the base, before the first frame, is taken for damage.", "stale-frame-damages "
        "first-gap-above-zero")
    add("torn-after-header", header() + b"ASL", "torn", 160, "FRM-3",
        "A file without a good frame is refused.",
        "torn-refused frame-required")
    past = Draft(base=PAST_SAFE, base_hash=b"\x77" * 32).frame(seal(1))
    add("stale-frame-past-2-53", past.data + b"\x01" + log.encode_frame(PAST_SAFE + 1, b"x" * 60), "torn",
        len(past.data), "FRM-3 FRM-4",
        "The logseqs of frames are compared as floating-point numbers or signed.",
        "stale-frame-damages")
    return g


def scan_refused() -> Group:
    g = group("scan-refused", "scan")

    def refuse(slug: str, data: bytes, code: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, scanned(data), code, clauses=clauses, why=why, kills=kills)

    three = Draft().frame(seal(1)).frame(seal(2)).frame(seal(3))
    a, b = three.ends[1:3]
    data = three.data

    def damaged(slug: str, damage: bytes, why: str, kills: str = "", clauses: str = "FRM-4 FRM-5") -> None:
        refuse(slug, damage, "LOG.DAMAGED", clauses, why, f"damaged-is-torn {kills}".strip())

    damaged("middle-frame-bit", flip(data, a + 70), "The frames behind a bad one are dropped, or read.",
            "gap-skipped frame-hash-unchecked")
    damaged("middle-frame-last-byte", flip(data, b - 1), "The frames behind a bad one are dropped, or read.",
            "gap-skipped frame-hash-unchecked frame-hash-over-payloads")
    damaged("middle-frame-magic", flip(data, a), "The frames behind a bad one are dropped, or read.",
            "gap-skipped frame-magic-unchecked")
    damaged("middle-frame-byte-count", flip(data, a + 4),
            "The search goes on behind the length that is wrong.",
            "gap-search-by-length")
    damaged("middle-frame-byte-count-great", change(data, a + 4, u32(2**26)),
            "The search ends where the wrong length reaches beyond the file.", "gap-search-by-length")
    damaged("middle-frame-zeroed", change(data, a, bytes(b - a)), "Zeros are taken for the end of the file.",
            "zeros-first-frame-header gap-skipped", "FRM-2 FRM-4")
    damaged("middle-frame-cut", data[: b - 1] + data[b:], "A good frame is looked for at even offsets only.",
            "gap-search-aligned")
    damaged("middle-frame-cut-8", data[: b - 8] + data[b:],
            "A frame that begins inside the gap is passed over.",
            "gap-search-by-length")
    damaged("byte-between-frames", data[:a] + b"\x01" + data[a:], "A byte between two frames is passed over.",
            "gap-skipped gap-search-aligned")
    damaged("zeros-between-frames", data[:a] + bytes(64) + data[a:],
            "Zeros between two frames are passed over.",
            "zeros-skipped zeros-first-frame-header gap-skipped", "FRM-2 FRM-4")
    damaged("zeros-5000-between-frames", data[:a] + bytes(5000) + data[a:],
            "Only the next page is looked at.",
            "zeros-skipped zeros-first-page gap-skipped", "FRM-2 FRM-4")
    damaged("zero-between-frames", data[:a] + b"\0" + data[a:], "One zero between two frames is passed over.",
            "zeros-skipped gap-skipped gap-search-aligned", "FRM-2 FRM-4")
    damaged("first-frame-bit", flip(data, 170),
            "Without a good frame before the gap there is none behind it.",
            "gap-skipped first-gap-is-torn")
    damaged("first-frame-zeroed", change(data, 160, bytes(a - 160)),
            "Zeros after the header are taken for the end.",
            "zeros-first-frame-header first-gap-is-torn", "FRM-2 FRM-4")
    damaged("two-frames-bad", flip(flip(data, 170), a + 70), "Only the frame after the bad one is looked at.",
            "gap-next-frame-only first-gap-is-torn")
    damaged("then-torn", flip(data, a + 70) + b"\x01\x02", "A tear behind the good frame hides the damage.",
            "gap-good-to-end")
    damaged("magic-before-frame", flip(data, a + 70)[:b] + b"ASL" + data[b:],
            "The search passes over a magic that overlaps a part of one.", "gap-search-by-length")
    damaged("partial-magic-before-frame", data[:a] + b"ASLFASLF" + data[a:],
            "The search gives up at the first magic that begins no good frame.", "gap-first-magic-only")
    far = Draft(base=PAST_SAFE, base_hash=b"\x77" * 32).frame(seal(1)).frame(seal(2)).frame(seal(3))
    damaged("base-past-2-53", flip(far.data, far.ends[1] + 70),
            "The logseqs of frames are compared as floating-point numbers.",
            "gap-skipped frame-hash-unchecked")
    inner = log.encode_frame(9, b"x" * 60)
    torn = Draft().frame(seal(1)).frame((8, inner))
    damaged("frame-inside-torn-frame", torn.data[:-1], "A good frame inside of a torn one is not looked at.",
            "gap-search-by-length")
    last = Draft(base=LAST - 2, base_hash=b"\x77" * 32)
    damaged("first-frame-base-greatest",
            last.frame(seal(1)).data[:-1] + b"\0\0" + log.encode_frame(LAST, b"x" * 60),
            "The logseqs of frames are compared as signed integers.", "")

    def frame(slug: str, records: bytes, why: str, kills: str) -> None:
        refuse(slug, Draft().frame(seal(1)).frame_of(records, 2).data, "LOG.FRAME", "FRM-6", why, kills)

    record = Draft().frame(seal(1)).record(seal(2))
    frame("leftover-1", record + b"\0", "What is left behind the last record is ignored.",
          "frame-leftover-ignored")
    frame("leftover-15", record + bytes(15), "What is left behind the last record is ignored.",
          "frame-leftover-ignored")
    frame("leftover-16-zeros", record + bytes(16), "What is left behind the last record is ignored.",
          "frame-leftover-ignored")
    frame("leftover-47", record + u64(3) + u32(8) + u32(0) + bytes(31), "A record_hash may be cut.",
          "frame-leftover-ignored record-hash-cut")
    frame("record-cut-by-one", record[:-1], "A record_hash may be cut.",
          "record-hash-cut frame-record-unchecked")
    frame("record-header-cut", record[:15], "A record's header may be cut.", "frame-record-unchecked")
    frame("one-byte", b"\2", "A frame of one byte ends in another error.", "frame-record-unchecked")
    frame("payload-len-greater-by-one", change(record, 12, u32(70)), "A payload may reach beyond its frame.",
          "frame-record-unchecked record-hash-cut")
    frame("payload-len-beyond-file", change(record, 12, u32(2**24)), "A payload may reach beyond its file.",
          "frame-record-unchecked record-hash-cut")

    for length in (2**24 + 1, 2**32 - 1):
        refuse(f"payload-len-{length}",
               Draft().frame(seal(1)).frame_of(change(record, 12, u32(length)), 2).data,
               "LOG.LIMIT", "FRM-8 FRM-6",
               "The length is compared with the frame before the limit, or reserved.",
               "payload-unlimited limit-after-frame")

    def seq(slug: str, draft: Draft, why: str, kills: str, clauses: str = "FRM-7") -> None:
        refuse(slug, draft.data, "LOG.SEQ", clauses, why, kills)

    def second(first: int, *numbers: int) -> Draft:
        draft = Draft().frame(seal(1))
        records = b"".join(draft.record(seal(2), logseq=number) for number in numbers)
        return draft.frame_of(records, first)

    seq("first-logseq-3", second(3, 2), "The first_logseq of a frame is not looked at.",
        "first-logseq-unchecked")
    seq("first-logseq-1", second(1, 2), "The first_logseq of a frame is not looked at.",
        "first-logseq-unchecked")
    seq("first-logseq-0", second(0, 2), "A first_logseq of 0 is taken for none.",
        "first-logseq-unchecked first-logseq-zero-is-none")
    seq("first-logseq-plus-2-32", second(2 + 2**32, 2), "Only the low 32 bits of first_logseq are read.",
        "first-logseq-unchecked first-logseq-u32")
    seq("gap-between-frames", second(3, 3), "A logseq may be left out.", "logseq-gap-accepted", "REC-1")
    seq("same-logseq-again", second(1, 1), "A logseq may come twice.", "logseq-repeat-accepted", "REC-1")
    seq("gap-within-frame", second(2, 2, 4), "The logseqs within a frame are not looked at.",
        "logseq-gap-accepted logseq-in-frame-unchecked", "REC-1")
    seq("repeat-within-frame", second(2, 2, 2), "The logseqs within a frame are not looked at.",
        "logseq-repeat-accepted logseq-in-frame-unchecked", "REC-1")
    seq("begins-at-0", Draft().frame_of(Draft().record(seal(1), logseq=0), 0), "Logseqs are counted from 0.",
        "logseq-from-zero logseq-repeat-accepted", "REC-1")
    seq("begins-at-2", Draft().frame_of(Draft().record(seal(1), logseq=2), 2), "The first logseq may be any.",
        "logseq-first-any logseq-gap-accepted", "REC-1")
    based = Draft(base=7, base_hash=b"\x77" * 32)
    seq("base-7-begins-at-1", based.frame_of(based.record(seal(1), logseq=1), 1),
        "Each file is counted from 1.", "logseq-first-any logseq-base-ignored", "REC-1")
    top = Draft(base=LAST, base_hash=b"\x77" * 32)
    seq("after-greatest", top.frame_of(top.record(seal(1), logseq=0), 0),
        "The logseq after the greatest is 0.",
        "logseq-wraps", "REC-1")
    safe = Draft(base=2**53, base_hash=b"\x77" * 32)
    seq("past-2-53-same-again", safe.frame_of(safe.record(seal(1), logseq=2**53), 2**53),
        "Logseqs are floating-point numbers: 2^53 + 1 is 2^53.", "logseq-float logseq-repeat-accepted",
        "REC-1")
    return g


def limits() -> Group:
    g = group("limits", "scan")
    large = {"flags": ["LargeInput"]}
    g.ok("payload-2-24", "output", scanned(Draft().frame((8, bytes(2**24))).data), None,
         clauses="FRM-8 REC-3",
         why="The greatest payload is refused.", kills="payload-limit-exclusive", **large)
    g.reject("payload-2-24-and-1", scanned(Draft().frame((8, bytes(2**24 + 1))).data), "LOG.LIMIT",
             clauses="FRM-8",
             why="The length of a payload is not limited.", kills="payload-unlimited", **large)
    quarter = [(8, bytes(2**24 - 48))] * 4
    g.ok("frame-2-26", "output", scanned(Draft().frame(*quarter).data), None, clauses="FRM-6",
         why="The greatest frame is not taken for a good one.", kills="frame-limit-exclusive", **large)
    g.ok("frame-2-26-and-1", "output", scanned(Draft().frame(*quarter[1:], (8, bytes(2**24 - 47))).data),
         None,
         clauses="FRM-6 FRM-3", why="The length of a frame is not limited.", kills="frame-unlimited", **large)

    room = 2**20
    budget = 2**26 + 8 * room
    torn = {"end": "torn", "offset": "160", "records": []}
    g.ok("search-to-the-budget", "output", scanned(header() + searched(room, budget)), torn,
         clauses="FRM-9 FRM-3",
         why="The search ends too early.", kills="search-budget-exclusive search-budget-short")
    g.reject("search-past-the-budget", scanned(header() + searched(room, budget + 1)), "LOG.DAMAGED",
             clauses="FRM-9 FRM-4",
             why="The search goes on for ever, or ends with a torn file.",
             kills="search-unlimited search-ends-torn")
    stale = header(base=9, base_hash=b"\x77" * 32) + searched(room, budget + 1)
    g.ok("search-of-stale-frames", "output", scanned(stale), torn,
         clauses="FRM-9 FRM-3", why="Frames that cannot make the file damaged count.",
         kills="search-counts-stale")
    g.ok("search-of-frames-beyond-the-file", "output",
         scanned(header() + b"\1" + candidates([2**26] * 64) + bytes(room - 1 - 64 * 16)), torn,
         clauses="FRM-9 FRM-3",
         why="Frames that the file has no room for count.", kills="search-counts-beyond")
    return g


def candidates(byte_counts: List[int]) -> bytes:
    """Beginnings of frames, one after another; what comes next is in the place of their hash."""
    return b"".join(b"ASLF" + u32(byte_count) + u64(9) for byte_count in byte_counts)


def searched(room: int, total: int) -> bytes:
    """`room` bytes that are no frame, but hold candidates with `total` in their byte_counts."""
    byte_counts: List[int] = []
    while total:
        most = room - 1 - 16 * len(byte_counts) - 48
        byte_counts.append(min(most, total))
        total -= byte_counts[-1]
    return (b"\1" + candidates(byte_counts)).ljust(room, b"\0")


# Replay


def replayed(draft: Draft, who: Optional[Json] = None, to: Optional[int] = None) -> Json:
    more = {} if to is None else {"to": str(to)}
    return {"bytes": describe(draft.data), **(who or owner()), **more}


class Replays:
    """Adds replay vectors; `shows` is what the text says of the result, compared when the vector is made."""

    def __init__(self, name: str) -> None:
        self.group = group(name, "replay")

    def ok(self, slug: str, draft: Draft, clauses: str, why: str, kills: str, who: Optional[Json] = None,
           to: Optional[int] = None, **shows: Any) -> None:
        given = replayed(draft, who, to)
        state = OPERATIONS["log.replay"](given)
        for name, value in shows.items():
            if state[name] != value:
                raise ValueError(f"{slug}: {name}: {state[name]}")
        self.group.ok(slug, "output", given, None, clauses=clauses, why=why, kills=kills)

    def refuse(self, slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str,
               who: Optional[Json] = None, to: Optional[int] = None) -> None:
        self.group.reject(slug, replayed(draft, who, to), code, clauses=clauses, why=why, kills=kills)


def row(n: int, tombstones: List[int], published: Optional[bool] = None, at: int = 0) -> Json:
    entry: Json = {"key": key(n).hex(), "tombstones": [str(t) for t in tombstones]}
    if published is not None:
        entry["publication"] = {"published": published, "logseq": str(at)}
    return entry


def seals(*pairs: Any) -> List[Json]:
    return [{"logseq": str(n), "segmentId": segment(s).hex()} for n, s in pairs]


def replay_state() -> Group:
    r = Replays("replay-state")
    r.ok("empty", Draft(), "RPL-1 CHN-2 STX-SNAP-1 STX-POS-2",
         "The state of a log without records is refused.",
         "replay-empty-refused snapshot-without-domain", position="0", seals=[], policy=[],
         snapshotId="0c6538ad29973e916e79f2a39b82dd529f950c68e4bf28f41eb3887bcddffdf5")
    r.ok("seal", Draft().frame(seal(0x33)), "RPL-1 RPL-5 ACT-1 STX-SNAP-1",
         "A seal needs the segment to be there.",
         "snapshot-big-endian snapshot-of-base-hash seals-dropped", seals=seals((1, 0x33)))
    r.ok("seal-three", Draft().frame(seal(1, 2, 3)), "ACT-1 PAY-3",
         "The first SegmentID of a record is taken.",
         "seal-first-only seals-reversed", seals=seals((1, 1), (1, 2), (1, 3)))
    r.ok("seal-twice", Draft().frame(seal(1)).frame(seal(1)), "ACT-1 RPL-1",
         "The visible segments are kept as a set.",
         "seals-as-set seals-as-map", seals=seals((1, 1), (2, 1)))
    r.ok("seal-twice-with-other-between", Draft().frame(seal(1)).frame(seal(2)).frame(seal(1)), "ACT-1",
         "A segment that is sealed again moves.", "seals-as-set seals-as-map",
         seals=seals((1, 1), (2, 2), (3, 1)))
    r.ok("seal-descending-over-records", Draft().frame(seal(9)).frame(seal(1)), "ACT-1 PAY-3",
         "The order of SegmentIDs is asked for over records, or made.", "seals-sorted",
         seals=seals((1, 9), (2, 1)))
    r.ok("seal-in-second-place", Draft().frame(publish(1)).frame(seal(1)), "ACT-1 REC-5",
         "Seals are numbered among themselves, or a publication makes something visible.",
         "seals-own-count publish-seals", seals=seals((2, 1)))
    r.ok("tombstone", Draft().frame(tombstone(1)), "ACT-2 STX-POL-1 STX-POL-4 STX-POL-6 REC-5",
         "A tombstone of a key without a record does nothing.", "tombstone-ignored tombstone-at-next",
         policy=[row(1, [1])])
    r.ok("tombstone-twice", Draft().frame(tombstone(1), tombstone(1)), "ACT-2 STX-POL-1",
         "One tombstone is kept for a key.", "tombstone-one-per-key tombstone-last-only",
         policy=[row(1, [1, 2])])
    r.ok("lift-first-of-two", Draft().frame(tombstone(1)).frame(tombstone(1)).frame(lift(1)),
         "ACT-2 ACT-3 STX-POL-2",
         "A lift removes every tombstone of the key, or the last one.", "lift-all-of-key lift-last-of-key",
         policy=[row(1, [2])])
    r.ok("lift-second-of-two", Draft().frame(tombstone(1)).frame(tombstone(1)).frame(lift(2)),
         "ACT-2 STX-POL-2",
         "A lift removes every tombstone of the key, or the first one.", "lift-all-of-key lift-first-of-key",
         policy=[row(1, [1])])
    r.ok("lift-both", Draft().frame(tombstone(1), tombstone(1), lift(2), lift(1)), "ACT-2 STX-POL-6",
         "A key without tombstones and publications stays in the table.", "policy-empty-row", policy=[])
    r.ok("lift-then-tombstone-again", Draft().frame(tombstone(1)).frame(lift(1)).frame(tombstone(1)), "ACT-2",
         "A key that was lifted once stays lifted.", "lift-for-good", policy=[row(1, [3])])
    r.ok("publish", Draft().frame(publish(1)), "ACT-2 STX-POL-3 STX-POL-4", "A publication is not kept.",
         "publish-ignored", policy=[row(1, [], True, 1)])
    r.ok("unpublish-alone", Draft().frame(unpublish(1)), "ACT-2 STX-POL-4 STX-POL-6",
         "An unpublication of what was not published is refused, or leaves no row.",
         "unpublish-needs-publish unpublish-removes", policy=[row(1, [], False, 1)])
    r.ok("publish-unpublish", Draft().frame(publish(1)).frame(unpublish(1)), "ACT-2 STX-POL-3 STX-POL-6",
         "An unpublication removes the row.", "unpublish-removes unpublish-ignored",
         policy=[row(1, [], False, 2)])
    r.ok("publish-twice", Draft().frame(publish(1)).frame(publish(1)), "ACT-2 STX-POL-3",
         "The first publication is kept.", "publish-first-kept", policy=[row(1, [], True, 2)])
    r.ok("publish-unpublish-publish", Draft().frame(publish(1), unpublish(1), publish(1)), "ACT-2",
         "What was unpublished cannot be published again.", "publish-first-kept unpublish-for-good",
         policy=[row(1, [], True, 3)])
    r.ok("publish-two-keys", Draft().frame(publish(1, 2)).frame(unpublish(1)), "ACT-2 PAY-3",
         "A list acts on its first key, or the change of one key on all of them.",
         "publish-first-key-only", policy=[row(1, [], False, 2), row(2, [], True, 1)])
    r.ok("tombstone-then-publish", Draft().frame(tombstone(1)).frame(publish(1)), "ACT-2 STX-POL-3",
         "A publication lifts a tombstone.", "publish-lifts", policy=[row(1, [1], True, 2)])
    r.ok("publish-then-tombstone", Draft().frame(publish(1)).frame(tombstone(1)), "ACT-2 STX-POL-1",
         "A tombstone takes a publication back.", "tombstone-unpublishes", policy=[row(1, [2], True, 1)])
    r.ok("publish-tombstone-lift", Draft().frame(publish(1)).frame(tombstone(1)).frame(lift(2)),
         "ACT-2 STX-POL-2",
         "A lift takes the publication back, or gives it a new logseq.",
         "tombstone-unpublishes lift-all-of-key-and-row",
         policy=[row(1, [], True, 1)])
    r.ok("seal-changes-no-policy", Draft().frame(tombstone(1)).frame(seal(1)), "ACT-1 STX-POL-5",
         "A seal lifts tombstones.", "seal-lifts", policy=[row(1, [1])], seals=seals((2, 1)))
    r.ok("keys-in-order", Draft().frame(tombstone(9)).frame(publish(5)).frame(tombstone(1)),
         "ACT-2 RPL-6 STX-POL-6",
         "The table is in the order of the records.", "policy-by-insertion",
         policy=[row(1, [3]), row(5, [], True, 2), row(9, [1])])
    blake = (5, payload(u32(2) + key(9, 1) + key(1, 2)))
    r.ok("keys-of-two-hash-functions", Draft().frame(blake), "PAY-3 PAY-4 ACT-2",
         "Keys are compared by their digests only.", "order-by-digest hash-id-sha256-only")
    r.ok("same-digest-of-two-hash-functions", Draft().frame((5, payload(u32(2) + key(1, 1) + key(1, 2)))),
         "PAY-3 PAY-4", "Two keys with one digest are taken for one.", "order-by-digest hash-id-sha256-only")
    r.ok("rotate", Draft().frame(rotate()).frame(rotate(True)), "ACT-4 PAY-6 RPL-1",
         "The signature of a rotation is checked, or one of its two forms is refused.",
         "rotate-short-refused rotate-long-refused", policy=[], seals=[])
    for reason in (0, 1, 2**31, 2**32 - 1):
        r.ok(f"tombstone-reason-{reason}", Draft().frame(tombstone(1, reason)), "PAY-5",
             "A reason that is not on a list is refused.",
             {0: "reason-zero-refused", 1: "reason-unknown-refused"}.get(
                 reason, "reason-limited reason-unknown-refused"),
             policy=[row(1, [1])])
    return r.group


def replay_positions() -> Group:
    r = Replays("replay-positions")
    four = Draft().frame(seal(1)).frame(publish(1), tombstone(1)).frame(lift(3))
    for to in range(5):
        r.ok(f"at-{to}", four, "RPL-1 RPL-2 ACT-2 RPL-6 STX-POS-2",
             "A record acts above or below its own position.",
             {0: "to-zero-is-end", 1: "to-exclusive", 2: "to-whole-frames to-exclusive",
              3: "to-exclusive tombstone-at-next",
              4: "to-exclusive"}[to], to=to,
             seals=seals((1, 1)) if to else [],
             policy=[[], [], [row(1, [], True, 2)], [row(1, [3], True, 2)], [row(1, [], True, 2)]][to])
    r.refuse("past-the-end", four, "LOG.POSITION", "RPL-2", "A position after the end is taken for the end.",
             "to-past-end-accepted", to=5)
    r.refuse("greatest", four, "LOG.POSITION", "RPL-2", "The greatest position stands for the end.",
             "to-past-end-accepted to-i64", to=LAST)
    r.refuse("empty-log-1", Draft(), "LOG.POSITION", "RPL-2", "An empty log has a position 1.",
             "to-past-end-accepted", to=1)
    two = Draft().frame(seal(1)).frame(seal(2))
    torn = Draft().frame(seal(1)).raw(two.data[two.ends[1] : -1])
    r.ok("torn", torn, "FRM-3 RPL-1", "A torn file is not read up to its last good frame.", "torn-refused",
         position="1", seals=seals((1, 1)))
    r.refuse("torn-past-the-end", torn, "LOG.POSITION", "RPL-2 FRM-3", "A record of a torn frame is read.",
             "frame-length-unchecked to-past-end-accepted", to=2)
    r.refuse("zeros-past-the-end", Draft().frame(seal(1)).raw(bytes(300)), "LOG.POSITION", "RPL-2 FRM-2",
             "Zeros are read as a frame.", "to-past-end-accepted", to=2)

    def based(base: int, manifest: bytes = ZERO) -> Draft:
        return Draft(base=base, base_hash=b"\x77" * 32, manifest=manifest)

    r.ok("base-7", based(7).frame(seal(1)).frame(tombstone(1)).frame(lift(9)), "RPL-1 ACT-1 ACT-3",
         "Records are numbered from 1 in each file.", "logseq-base-ignored chain-from-domain", position="10",
         seals=seals((8, 1)), policy=[])
    r.ok("base-7-at-7", based(7).frame(seal(1)), "RPL-1 RPL-3", "The base itself is refused.",
         "base-itself-refused",
         to=7, position="7", seals=[])
    r.ok("base-7-without-records", based(7, b"\x66" * 32), "RPL-1 RPL-3",
         "A file without records is at position 0.",
         "replay-position-from-zero", position="7")
    r.refuse("base-7-at-6", based(7).frame(seal(1)), "LOG.TRUNCATED", "RPL-3",
             "What is below the base is taken for empty.",
             "below-base-accepted", to=6)
    r.refuse("base-7-at-0", based(7).frame(seal(1)), "LOG.TRUNCATED", "RPL-3", "Position 0 is always there.",
             "below-base-accepted below-base-zero-accepted", to=0)
    r.ok("base-7-anchor-at-base", anchored(based(7), 7), "ACT-5 ACT-6 STX-SNAP-1",
         "The record hash of the base is not known to the state.", "anchor-base-unknown",
         anchors=[{"logseq": "8", "snapshotLogseq": "7"}])
    r.ok("base-7-anchor-below-base", (lambda d: d.frame(d.anchor(3, snapshot_id=b"\1" * 32)))(based(7)),
         "RPL-8 ACT-5 ACT-6",
         "The SnapshotID of a position that is not known is refused.", "anchor-below-base-refused",
         anchors=[{"logseq": "8", "snapshotLogseq": "3"}])
    r.refuse("base-7-anchor-at-0", (lambda d: d.frame(d.anchor(0, snapshot_id=b"\1" * 32)))(based(7)),
             "LOG.ANCHOR.POSITION", "RPL-8 ACT-5", "Below the base no position is checked.",
             "anchor-zero-accepted")
    r.refuse("base-7-lift-below-base", based(7).frame(lift(3)), "LOG.LIFT", "RPL-8 ACT-3",
             "Below the base every logseq is taken for a tombstone.",
             "lift-unchecked lift-below-base-accepted")
    r.ok("base-past-2-53",
         based(PAST_SAFE).frame(tombstone(1)).frame(tombstone(1)).frame(lift(PAST_SAFE + 1)),
         "RPL-1 ACT-3 STX-SNAP-1", "Logseqs are floating-point numbers.", "logseq-float",
         position=str(PAST_SAFE + 3), policy=[row(1, [PAST_SAFE + 2])])
    r.ok("base-past-2-53-at", based(2**53).frame(seal(1)).frame(seal(2)), "RPL-1",
         "Positions are floating-point numbers: 2^53 + 1 is 2^53.", "logseq-float to-float", to=2**53 + 1,
         position=str(2**53 + 1))
    r.refuse("base-past-2-53-below", based(PAST_SAFE).frame(seal(1)), "LOG.TRUNCATED", "RPL-3",
             "Positions are floating-point numbers: 2^53 is 2^53 + 1.", "to-float below-base-accepted",
             to=2**53)
    r.refuse("base-past-2-53-above", based(PAST_SAFE).frame(seal(1)), "LOG.POSITION", "RPL-2",
             "Positions are floating-point numbers.", "to-past-end-accepted", to=PAST_SAFE + 2)
    r.ok("greatest-logseq", based(LAST - 1).frame(tombstone(1)), "RPL-1 STX-SNAP-1",
         "The greatest logseq is read as minus one.",
         "logseq-i64 logseq-greatest-refused", position=str(LAST), policy=[row(1, [LAST])])
    r.ok("base-greatest", based(LAST), "RPL-1 STX-SNAP-1", "The greatest position is read as minus one.",
         "base-i64 base-safe-integer", position=str(LAST))

    bad = Draft().frame(seal(1)).frame(lift(1)).frame(seal(3))
    r.ok("below-an-invalid-record", bad, "RPL-4 RPL-1",
         "An invalid record makes the positions below it undefined.",
         "replay-whole-first", to=1, seals=seals((1, 1)))
    r.ok("zero-below-an-invalid-record", Draft().frame(lift(1)), "RPL-4",
         "The empty state is undefined as well.",
         "replay-whole-first", to=0)
    r.refuse("at-an-invalid-record", bad, "LOG.LIFT", "RPL-4 RPL-1 ACT-3", "An invalid record is skipped.",
             "invalid-skipped lift-unchecked", to=2)
    r.refuse("above-an-invalid-record", bad, "LOG.LIFT", "RPL-4 RPL-1 ACT-3",
             "The positions above an invalid record are defined.", "invalid-skipped lift-unchecked", to=3)
    r.refuse("end-above-an-invalid-record", bad, "LOG.LIFT", "RPL-4 RPL-1",
             "The replay ends before an invalid record.",
             "invalid-ends-replay lift-unchecked")
    r.refuse("order-invalid-record-before-position", bad, "LOG.LIFT", "RPL-4 RPL-2",
             "The position is compared with the end before the records are read.",
             "position-first lift-unchecked", to=9)
    r.refuse("order-first-invalid-record", Draft().frame(seal(1)).frame(lift(1)).frame((0, b"")), "LOG.LIFT",
             "RPL-4 RPL-5 RPL-6",
             "The last invalid record is reported, or what needs no state before what does.",
             "lift-unchecked replay-whole-first")
    same = Draft().frame(seal(1), lift(1), seal(3))
    r.ok("below-an-invalid-record-in-one-frame", same, "RPL-4 RPL-1",
         "An invalid record makes all records of its frame invalid.", "frame-atomic replay-whole-first", to=1,
         seals=seals((1, 1)))
    chained = Draft().frame(seal(1))
    chained.frame_of(chained.record(seal(2), record_hash=b"\x13" * 32), 2)
    r.ok("below-a-broken-chain", chained, "RPL-4 CHN-1", "The chain is checked over the whole file first.",
         "replay-whole-first", to=1, seals=seals((1, 1)))
    typed = Draft().frame(seal(1)).frame((0, payload(b"")))
    r.ok("below-type-0", typed, "RPL-4 REC-2", "Types are checked over the whole file first.",
         "replay-whole-first",
         to=1, seals=seals((1, 1)))

    r.ok("below-another-good-frame", Draft().frame(seal(1)).frame(seal(2), seal(3)), "FRM-10 RPL-1",
         "The last good frame is the position.", "replay-to-ignored", to=1, seals=seals((1, 1)))
    second = Draft().frame(seal(1)).record(seal(2))
    too_long = u64(2) + u32(9) + u32(2**24 + 1) + bytes(40)
    for what, records, first, code, clause in (
        ("frame-that-is-not-filled", second[:-1], 2, "LOG.FRAME", "FRM-6"),
        ("payload-that-is-too-long", too_long, 2, "LOG.LIMIT", "FRM-8"),
        ("wrong-first-logseq", second, 3, "LOG.SEQ", "FRM-7"),
    ):
        for to in (0, 1):
            draft = Draft().frame(seal(1)).frame_of(records, first)
            r.refuse(f"{to}-below-a-{what}", draft, code, f"FRM-10 {clause}",
                     "The frames after a position are not taken apart.", "frame-faults-late", to=to)
    return r.group


def anchored(draft: Draft, position: int, **more: Any) -> Draft:
    return draft.frame(draft.anchor(position, **more))


def replay_anchors() -> Group:
    r = Replays("replay-anchors")

    def two() -> Draft:
        return Draft().frame(seal(1)).frame(seal(2))

    def anchors(*pairs: Any) -> List[Json]:
        return [{"logseq": str(n), "snapshotLogseq": str(s)} for n, s in pairs]

    r.ok("newest", anchored(two(), 2), "ACT-5 ACT-6 ACT-4 STX-SNAP-1",
         "The greatest position below is refused.",
         "anchor-below-last-refused anchor-own-exclusive", anchors=anchors((3, 2)),
         seals=seals((1, 1), (2, 2)))
    r.ok("oldest", anchored(two(), 1), "ACT-5 ACT-6", "Only the position just below may be anchored.",
         "anchor-newest-only", anchors=anchors((3, 1)))
    r.ok("two-rising", anchored(anchored(two(), 1), 2), "ACT-5", "A second anchor is refused.",
         "anchor-once", anchors=anchors((3, 1), (4, 2)))
    r.ok("anchor-of-an-anchor", anchored(anchored(two(), 2), 3), "ACT-5 ACT-6",
         "A position at which an anchor stands cannot be anchored.", "anchor-above-last-anchor anchor-once",
         anchors=anchors((3, 2), (4, 3)))
    r.ok("two-in-one-frame", (lambda d: d.frame_of(d.record(d.anchor(1)) + d.record(d.anchor(2)), 3))(two()),
         "ACT-5",
         "Two anchors of one frame are compared with the state before it.", "anchor-once",
         anchors=anchors((3, 1), (4, 2)))
    policy = Draft().frame(tombstone(1)).frame(publish(2))
    r.ok("changes-no-policy", anchored(policy, 2), "ACT-4", "An anchor resets the policy.", "anchor-resets",
         policy=[row(1, [1]), row(2, [], True, 2)])
    r.ok("at-the-anchor-below", anchored(two(), 2), "ACT-5 RPL-1", "An anchor is in the state below it.",
         "to-whole-frames-plus-one", to=2, anchors=[])

    def position(slug: str, draft: Draft, why: str, kills: str) -> None:
        r.refuse(slug, draft, "LOG.ANCHOR.POSITION", "ACT-5", why, kills)

    position("position-zero", anchored(two(), 0), "The empty state is anchored.", "anchor-zero-accepted")
    itself = two()
    position("itself", itself.frame(itself.anchor(3, snapshot_id=b"\1" * 32)),
             "An anchor names a state with itself in it.",
             "anchor-own-accepted")
    later = two()
    position("later", later.frame(later.anchor(4, snapshot_id=b"\1" * 32)),
             "An anchor names a state to come.",
             "anchor-own-accepted anchor-later-accepted")
    most = two()
    position("greatest", most.frame(most.anchor(LAST, snapshot_id=b"\1" * 32)),
             "The position is read as minus one.",
             "anchor-own-accepted anchor-i64")
    position("own-lower", anchored(two(), 1, own=2), "The own logseq is not compared.",
             "anchor-own-unchecked")
    position("own-greater", anchored(two(), 1, own=4), "The own logseq is not compared.",
             "anchor-own-unchecked")
    position("own-zero", anchored(two(), 1, own=0), "An own logseq of 0 is taken for none.",
             "anchor-own-unchecked anchor-own-zero-accepted")
    position("own-plus-2-32", anchored(two(), 1, own=3 + 2**32), "32 bits of the own logseq are compared.",
             "anchor-own-unchecked anchor-own-u32")
    position("same-again", anchored(anchored(two(), 2), 2), "One position is anchored twice.",
             "anchor-order-unchecked anchor-order-not-strict")
    position("falling", anchored(anchored(two(), 2), 1), "Anchors may go back.", "anchor-order-unchecked")
    third = anchored(anchored(anchored(two(), 2), 3), 2)
    position("falling-below-the-first", third, "The position is compared with the first anchor only.",
             "anchor-order-unchecked anchor-order-first")

    def snapshot(slug: str, draft: Draft, why: str, kills: str) -> None:
        r.refuse(slug, draft, "LOG.ANCHOR.SNAPSHOT", "ACT-6", why, kills)

    def named(position: int, name: bytes) -> Draft:
        draft = two()
        return draft.frame(draft.anchor(position, snapshot_id=name))

    snapshot("other-position", named(1, two().snapshot_id(2)), "The SnapshotID of another position is taken.",
             "anchor-snapshot-unchecked")
    snapshot("state-below", named(2, two().snapshot_id(1)), "The state below the position is meant.",
             "anchor-snapshot-unchecked anchor-snapshot-below")
    snapshot("last-bit", named(2, flip(two().snapshot_id(2), 31)), "Only the beginning is compared.",
             "anchor-snapshot-unchecked anchor-snapshot-prefix")
    snapshot("zero", named(2, ZERO), "A SnapshotID of zero is taken for none.",
             "anchor-snapshot-unchecked anchor-snapshot-zero-accepted")
    snapshot("record-hash", named(2, two().hashes[2]), "The record hash is taken for the SnapshotID.",
             "anchor-snapshot-unchecked anchor-snapshot-is-record-hash")
    other = Draft(OTHER_DOMAIN)
    snapshot("other-domain", named(2, log.snapshot_id(other.domain, 2, two().hashes[2])),
             "The SnapshotID of another domain is taken.", "anchor-snapshot-unchecked")
    snapshot("without-domain", named(2, log._sha256(b"ASL/SNAPSHOT/1", u64(2), two().hashes[2])),
             "The SnapshotID is made without the domain.",
             "anchor-snapshot-unchecked snapshot-without-domain")
    based = Draft(base=7, base_hash=b"\x77" * 32)
    snapshot("base", based.frame(based.anchor(7, snapshot_id=b"\1" * 32)),
             "The SnapshotID of the base is not compared.",
             "anchor-snapshot-unchecked anchor-base-unchecked")
    return r.group


def replay_unknown() -> Group:
    r = Replays("replay-unknown")
    r.ok("type-8", Draft().frame((8, b"")), "REC-3 RPL-7", "A type that is not known is refused.",
         "unknown-refused",
         position="1", unknownTypes=[8])
    r.ok("in-the-middle", Draft().frame(seal(1)).frame((8, payload(b"\5"))).frame(seal(2)),
         "REC-3 RPL-7 ACT-1",
         "A record that is skipped is not counted, or left out of the chain.",
         "unknown-not-counted unknown-not-chained "
         "unknown-refused", seals=seals((1, 1), (3, 2)), unknownTypes=[8])
    r.ok("within-a-frame", Draft().frame(tombstone(1), (9, b"\0\1\2"), lift(1)), "REC-3 RPL-7",
         "The rest of a frame is skipped with the record.", "unknown-skips-frame unknown-refused", policy=[])
    r.ok("first", Draft().frame((1000, b"?")).frame(seal(1)), "REC-3", "The first record has to be known.",
         "unknown-refused unknown-not-counted", seals=seals((2, 1)))
    r.ok("types-ascending", Draft().frame((300, b""), (9, b""), (2**32 - 1, b""), (10, b""), (9, b"")),
         "RPL-7 RPL-6 RPL-9",
         "The types are given as they come, twice, or in the order of their digits.",
         "unknown-types-as-met unknown-types-by-text type-i32", types=[9, 10, 300, 2**32 - 1],
         unknownTypes=[9, 10, 300, 2**32 - 1])
    r.ok("types-known", Draft().frame(tombstone(1)).frame(seal(1)).frame((9, b"")).frame(seal(2)), "RPL-9",
         "The types are those that are not known, or come as they were met, or more than once.",
         "types-unknown-only types-as-met types-repeated types-known-only", types=[1, 2, 9])
    r.ok("types-below", Draft().frame(seal(1)).frame(tombstone(1)), "RPL-9 RPL-1",
         "The types are those of the whole file.", "types-of-file", to=1, types=[1])
    r.ok("below", Draft().frame(seal(1)).frame((8, b"")), "RPL-7 RPL-1",
         "A state below an unknown record is partial.",
         "unknown-types-of-file", to=1, unknownTypes=[])
    r.ok("payload-like-a-seal", Draft().frame((0x101, seal(1)[1])), "REC-3", "One byte of the type is read.",
         "type-u8",
         seals=[], unknownTypes=[0x101])
    r.ok("payload-like-a-seal-65537", Draft().frame((0x10001, seal(1)[1])), "REC-3",
         "Two bytes of the type are read.",
         "type-u16", seals=[], unknownTypes=[0x10001])
    r.ok("type-2-24", Draft().frame((1 << 24, seal(1)[1])), "REC-3", "The type is read big-endian.",
         "type-big-endian",
         seals=[], unknownTypes=[1 << 24])
    r.ok("public-2", Draft().frame((8, payload(b"", 2))), "REC-3 PFX-1",
         "The prefix of an unknown record is checked.",
         "unknown-prefix-checked", unknownTypes=[8])
    r.ok("salted", Draft().frame((8, payload(b"", 1, b"\1" * 32))), "REC-3 PFX-2",
         "The prefix of an unknown record is checked.", "unknown-prefix-checked", unknownTypes=[8])
    r.ok("anchor-over-unknown", (lambda d: d.frame(d.anchor(2)))(Draft().frame(seal(1)).frame((8, b""))),
         "REC-3 ACT-6",
         "A partial state has no name.", "unknown-not-counted unknown-not-chained",
         anchors=[{"logseq": "3", "snapshotLogseq": "2"}])
    r.refuse("lift-of-unknown", Draft().frame((8, payload(key(1) + u32(0)))).frame(lift(1)), "LOG.LIFT",
             "REC-3 ACT-3",
             "A record that is not known is taken for a tombstone.", "lift-of-any-record lift-unchecked")
    broken = Draft().frame(seal(1))
    broken.frame_of(broken.record((8, b"abc"), record_hash=b"\x13" * 32), 2)
    r.refuse("broken-chain", broken, "LOG.CHAIN", "REC-3 CHN-1",
             "The record_hash of a record that is skipped is not checked.",
             "chain-unchecked unknown-chain-unchecked")
    passed = Draft().frame(seal(1))
    before = passed.head
    passed.frame((8, b"abc"))
    passed.frame_of(passed.record(seal(2), previous=before), 3)
    r.refuse("chain-around", passed, "LOG.CHAIN", "REC-3 CHN-1",
             "The chain goes around a record that is skipped.",
             "unknown-not-chained chain-unchecked")
    r.refuse("type-0", Draft().frame((0, b"")), "LOG.TYPE", "REC-2", "Type 0 is skipped as unknown.",
             "type-zero-unknown")
    r.refuse("type-0-with-prefix", Draft().frame(seal(1)).frame((0, payload(b""))), "LOG.TYPE", "REC-2",
             "Type 0 is skipped as unknown.", "type-zero-unknown")
    return r.group


def replay_chain() -> Group:
    r = Replays("replay-chain")

    def wrong(slug: str, why: str, kills: str, clauses: str = "CHN-1", **more: Any) -> None:
        draft = Draft()
        r.refuse(slug, draft.frame_of(draft.record(seal(2), **more), 1), "LOG.CHAIN", clauses, why,
                 f"chain-unchecked {kills}".strip())

    one = Draft()
    right = log.chain(one.head, *seal(2))
    wrong("first-bit", "The record_hash is not compared.", "", record_hash=flip(right, 0))
    wrong("last-bit", "Only the beginning is compared.", "chain-prefix-compared",
          record_hash=flip(right, 31, 0x80))
    wrong("zero", "A record_hash of zero is taken for none.", "chain-zero-accepted", record_hash=ZERO)
    again = Draft().frame(seal(1))
    r.refuse("from-domain", again.frame_of(again.record(seal(2), previous=DEMO), 2), "LOG.CHAIN", "CHN-1",
             "Every record is chained to the DomainID.", "chain-unchecked")
    wrong("without-previous", "The record before is not in the hash.", "chain-ignores-prev",
          record_hash=log._sha256(u32(1), seal(2)[1]))
    wrong("without-prefix", "The prefix is not in the hash.", "chain-skips-prefix",
          record_hash=log.chain(one.head, 1, seal(2)[1][33:]))
    wrong("without-type", "The type is not in the hash.", "chain-ignores-type",
          record_hash=log._sha256(one.head, seal(2)[1]))
    wrong("type-u64", "The type is hashed in eight bytes.", "",
          record_hash=log._sha256(one.head, u64(1), seal(2)[1]))
    wrong("type-big-endian", "The type is hashed big-endian.", "",
          record_hash=log._sha256(one.head, b"\0\0\0\1", seal(2)[1]))
    wrong("with-length", "The length of the payload is in the hash.", "chain-hashes-length",
          record_hash=log._sha256(one.head, u32(1), u32(len(seal(2)[1])), seal(2)[1]))
    wrong("with-logseq", "The logseq is in the hash.", "chain-hashes-logseq",
          record_hash=log._sha256(one.head, u64(1), u32(1), seal(2)[1]))
    first = Draft()
    r.refuse("first-from-zero", first.frame_of(first.record(seal(1), previous=ZERO), 1), "LOG.CHAIN",
             "CHN-2 CHN-1",
             "The chain begins with zeros.", "chain-unchecked chain-from-zero")
    other = Draft()
    r.refuse("first-from-other-domain", other.frame_of(other.record(seal(1), previous=OTHER_DOMAIN), 1),
             "LOG.CHAIN",
             "CHN-2 CHN-1", "The log of another domain is read under a new header.", "chain-unchecked")
    based = Draft(base=7, base_hash=b"\x77" * 32)
    r.refuse("base-from-domain", based.frame_of(based.record(seal(1), previous=DEMO), 8), "LOG.CHAIN",
             "CHN-1",
             "The first record of every file is chained to the DomainID.",
             "chain-unchecked chain-from-domain")
    second = Draft().frame(seal(1))
    kept = second.head
    second.frame_of(second.record(seal(3)), 2)
    second.frame_of(second.record(seal(4), previous=kept), 3)
    r.refuse("record-before-last", second, "LOG.CHAIN", "CHN-1",
             "A record is chained to the one before the last.",
             "chain-unchecked")
    salted = closed()
    given = (1, payload(u32(1) + segment(1), 0, b"\x21" * 32))
    forged = (1, payload(u32(1) + segment(1), 0, b"\x22" * 32))
    salted.frame_of(salted.record(given, record_hash=log.chain(CLOSED, *forged)), 1)
    r.refuse("closed-salt-changed", salted, "LOG.CHAIN", "PFX-4 CHN-1",
             "A salt that is not checked is left out of the hash.",
             "chain-unchecked", CLOSED_OWNER)
    r.refuse("other-domain", Draft(OTHER_DOMAIN).frame(seal(1)), "LOG.DOMAIN", "CHN-2 HDR-7",
             "The domain of a file is not compared.", "domain-unchecked")
    for slug, recovery, at in (("new-key", False, 33), ("recovery-key", True, 65)):
        record_type, body = rotate(recovery)
        turned = Draft()
        changed = record_type, flip(body, at)
        turned.frame_of(turned.record(changed, record_hash=log.chain(DEMO, record_type, body)), 1)
        r.refuse(f"{slug}-changed", turned, "LOG.CHAIN", "CHN-1",
                 "Keys that replay does not need are not hashed.",
                 "chain-unchecked")
    return r.group


def replay_prefix() -> Group:
    r = Replays("replay-prefix")
    names = {1: "seal", 2: "tombstone", 3: "lift", 4: "anchor", 5: "publish", 6: "unpublish", 7: "rotate"}

    def of_type(draft: Draft, record_type: int, public: int) -> Draft:
        """A draft that ends in a record of the type, valid but for `public`; key 1 was not published."""
        if record_type == 3:
            draft.frame(tombstone(1, public=1 if draft.domain == DEMO else 0))
        if record_type == 4:
            draft.frame(seal(1, public=1 if draft.domain == DEMO else 0))
            return draft.frame(draft.anchor(1, public=public))
        makers = {1: lambda: seal(1, public=public), 2: lambda: tombstone(1, public=public),
                  3: lambda: lift(draft.logseq, public=public), 5: lambda: publish(1, public=public),
                  6: lambda: unpublish(1, public=public), 7: lambda: rotate(public=public)}
        return draft.frame(makers[record_type]())

    for n, name in names.items():
        r.refuse(f"open-{name}-private", of_type(Draft(), n, 0), "LOG.PUBLIC", "PFX-1",
                 "A record of an open domain may say that it is not public.",
                 "public-unchecked public-closed-everywhere"
                 if n in (1, 2) else "public-unchecked")
    for n, name in names.items():
        right = 1 if n >= 4 else 0
        r.ok(f"closed-{name}", of_type(closed(), n, right), "PFX-1 PFX-4 DOM-SEC-3",
             "Which records of a closed domain are public is read otherwise.",
             {1: "closed-seal-public", 2: "closed-tombstone-public", 3: "closed-lift-public",
              4: "closed-anchor-private",
              5: "closed-publish-private", 6: "closed-unpublish-private", 7: "closed-rotate-private"}[n],
             CLOSED_OWNER)
        r.refuse(f"closed-{name}-{'private' if right else 'public'}", of_type(closed(), n, 1 - right),
                 "LOG.PUBLIC", "PFX-1",
                 "Which records of a closed domain are public is not checked.",
                 "public-unchecked" + ("" if right else " public-one-accepted"), CLOSED_OWNER)
    for value in (2, 128, 255):
        r.refuse(f"open-public-{value}", of_type(Draft(), 1, value), "LOG.PUBLIC", "PFX-1",
                 "Every value but 0 is taken for public.", "public-unchecked public-truthy")
        r.refuse(f"closed-public-{value}", of_type(closed(), 5, value), "LOG.PUBLIC", "PFX-1",
                 "Every value but 0 is taken for public.", "public-unchecked public-truthy", CLOSED_OWNER)
    r.refuse("closed-seal-public-2", of_type(closed(), 1, 2), "LOG.PUBLIC", "PFX-1",
             "The lowest bit of public is read.", "public-unchecked public-low-bit", CLOSED_OWNER)

    def state(slug: str, given: List[Given], why: str, kills: str) -> None:
        r.ok(slug, closed().frames(given), "PFX-1", why, kills, CLOSED_OWNER)

    def stated(slug: str, given: List[Given], why: str, kills: str) -> None:
        r.refuse(slug, closed().frames(given), "LOG.PUBLIC", "PFX-1", why,
                 f"public-unchecked {kills}".strip(), CLOSED_OWNER)

    p, q = publish(1), unpublish(1)
    t0, t1 = tombstone(1, public=0), tombstone(1, public=1)
    state("published-tombstone", [p, t1], "The tombstone of a published key is not public.",
          "closed-tombstone-private")
    stated("published-tombstone-private", [p, t0], "The tombstone of a published key need not be public.", "")
    state("unpublished-tombstone", [p, q, t0], "What was published once is public for good.",
          "closed-ever-published closed-tombstone-public")
    stated("unpublished-tombstone-public", [p, q, t1], "What was published once may be public.",
           "public-one-accepted closed-ever-published")
    state("published-again-tombstone", [p, q, p, t1], "The first change of a key decides.",
          "closed-tombstone-private "
          "publish-first-kept unpublish-for-good")
    state("only-unpublished-tombstone", [q, t0], "An unpublication makes its key public.",
          "closed-any-publication")
    state("other-key-published", [publish(2), t0], "The publication of another key decides.",
          "closed-any-published")
    state("second-key-published", [publish(1, 2), tombstone(2, public=1)],
          "The first key of a list is published.",
          "publish-first-key-only")
    state("tombstone-before-publish", [t0, p], "A publication later decides about a record before it.",
          "public-of-end-state")
    stated("tombstone-before-publish-public", [t1, p],
           "A publication later decides about a record before it.",
           "public-of-end-state public-one-accepted")
    state("lift-of-published", [p, t1, lift(2)], "The lift of a published key is not public.",
          "closed-lift-private")
    stated("lift-of-published-private", [p, t1, lift(2, public=0)],
           "The lift of a published key need not be public.", "")
    state("lift-published-since", [t0, p, lift(1)], "A lift is as public as its tombstone.",
          "closed-lift-as-its-tombstone closed-lift-private")
    stated("lift-published-since-private", [t0, p, lift(1, public=0)],
           "A lift is as public as its tombstone.",
           "closed-lift-as-its-tombstone")
    state("lift-unpublished-since", [p, t1, q, lift(2, public=0)], "A lift is as public as its tombstone.",
          "closed-lift-as-its-tombstone closed-ever-published")
    stated("lift-unpublished-since-public", [p, t1, q, lift(2)], "A lift is as public as its tombstone.",
           "closed-lift-as-its-tombstone public-one-accepted")
    state("lift-other-key-published", [publish(2), t0, lift(2, public=0)],
          "The publication of another key decides.",
          "closed-any-published")
    r.ok("closed-one-frame", closed().frame(t0, p, t1, lift(1), q, lift(3, public=0)), "PFX-1",
         "Within a frame the state before the frame decides.",
         "public-of-frame-state closed-lift-as-its-tombstone",
         CLOSED_OWNER)

    def salt(slug: str, value: bytes, why: str, kills: str) -> None:
        draft = Draft().frame((1, payload(u32(1) + segment(1), 1, value)))
        r.refuse(slug, draft, "LOG.SALT", "PFX-2 DOM-SEC-2", why, f"salt-unchecked {kills}".strip())

    salt("open-salt-first-byte", b"\1" + bytes(31), "A salt in an open domain is ignored.", "")
    salt("open-salt-last-byte", bytes(31) + b"\x80", "The last byte of the salt is not looked at.",
         "salt-last-byte-unchecked")
    salt("open-salt-full", b"\xff" * 32, "A salt in an open domain is ignored.", "")
    lifted = Draft().frame(tombstone(1)).frame((3, payload(u64(1), 1, b"\1" * 32)))
    r.refuse("open-salt-of-lift", lifted, "LOG.SALT", "PFX-2", "Only the salt of seals is looked at.",
             "salt-unchecked salt-of-seals-only")
    for slug, value in (("zero", ZERO), ("random", b"\xf1" * 32)):
        r.ok(f"closed-salt-{slug}", closed().frame((1, payload(u32(1) + segment(1), 0, value))),
             "PFX-4 DOM-SEC-3 RPL-5",
             "A salt of a closed domain is checked, or needs the secret.",
             {"zero": "closed-salt-nonzero", "random": "closed-salt-zero closed-salt-checked"}[slug],
             CLOSED_OWNER)
    r.refuse("order-public-before-salt", Draft().frame((1, payload(u32(1) + segment(1), 0, b"\1" * 32))),
             "LOG.PUBLIC",
             "PFX-1 PFX-2", "The salt is looked at before public.", "public-unchecked salt-before-public")
    r.refuse("order-body-before-public", Draft().frame((1, payload(u32(0), 0))), "LOG.PAYLOAD.COUNT",
             "PAY-2 PFX-1",
             "The prefix is looked at before the body.", "prefix-before-body")
    r.refuse("order-body-before-salt", Draft().frame((2, payload(key(1, 9) + u32(0), 1, b"\1" * 32))),
             "LOG.PAYLOAD.HASH_ID", "PAY-4 PFX-2", "The prefix is looked at before the body.",
             "prefix-before-body")
    r.refuse("order-state-before-public", Draft().frame(lift(9, public=0)), "LOG.LIFT", "PFX-1 ACT-3",
             "The prefix is compared before the state is asked.", "lift-unchecked public-before-state")
    r.refuse("order-state-before-salt", Draft().frame((3, payload(u64(9), 1, b"\1" * 32))), "LOG.LIFT",
             "PFX-2 ACT-3",
             "The prefix is compared before the state is asked.", "lift-unchecked salt-before-state")
    r.refuse("order-closed-lift-of-lifted", closed().frames([p, t1, lift(2), lift(2, public=0)]), "LOG.LIFT",
             "PFX-1 ACT-3",
             "Whether a lift is public is asked of a tombstone that is not live.", "lift-unchecked",
             CLOSED_OWNER)
    r.refuse("order-range-of-public-before-state", Draft().frame(lift(9, public=2)), "LOG.PUBLIC",
             "PFX-1 ACT-3",
             "A value that is neither 0 nor 1 is looked at after the state.",
             "public-unchecked public-after-state")
    r.refuse("order-anchor-before-public", (lambda d: d.frame(d.anchor(0, public=0)))(Draft().frame(seal(1))),
             "LOG.ANCHOR.POSITION", "PFX-1 ACT-5", "The prefix is compared before the state is asked.",
             "public-before-state")
    return r.group


def replay_payload() -> Group:
    r = Replays("replay-payload")

    def refuse(slug: str, record_type: int, body: bytes, code: str, clauses: str, why: str,
               kills: str) -> None:
        draft = Draft().frame(tombstone(1)) if record_type in (3, 4) else Draft()
        r.refuse(slug, draft.frame((record_type, body)), f"LOG.PAYLOAD.{code}", clauses, why, kills)

    names = {1: "seal", 2: "tombstone", 3: "lift", 4: "anchor", 5: "publish", 6: "unpublish", 7: "rotate"}
    anchor_draft = Draft().frame(tombstone(1))
    rests = {1: u32(1) + segment(1), 2: key(1) + u32(0), 3: u64(1), 4: anchor_draft.anchor(1)[1][33:],
             5: u32(1) + key(1), 6: u32(1) + key(1), 7: rotate()[1][33:]}
    for n, name in names.items():
        for length in (0, 1, 32, 33):
            if length in (1, 32) and n not in (1, 7):
                continue
            refuse(f"{name}-length-{length}", n, payload(b"")[:length], "LENGTH",
                   "PAY-1" + (" PAY-6" if n == 7 else ""),
                   "A payload that ends in or after the prefix is taken, or ends in another error.",
                   "payload-length-unchecked")
        also = {1: " REC-5", 2: " PAY-5", 7: " PAY-6"}.get(n, "")
        refuse(f"{name}-short-by-one", n, payload(rests[n][:-1]), "LENGTH", "PAY-1" + also,
               "A payload that is too short is taken.", "payload-length-unchecked payload-short-accepted")
        refuse(f"{name}-long-by-one", n, payload(rests[n] + b"\0"), "LENGTH", "PAY-1" + also,
               "What follows the last field is ignored.", "payload-length-unchecked payload-long-accepted")
    refuse("seal-with-location", 1, payload(rests[1] + u64(0)), "LENGTH", "PAY-1 REC-5",
           "A seal may say where its segment is.", "payload-length-unchecked payload-long-accepted")
    refuse("tombstone-without-reason", 2, payload(key(1)), "LENGTH", "PAY-1 PAY-5",
           "The reason may be left out.",
           "payload-length-unchecked payload-short-accepted reason-optional")
    refuse("lift-u32", 3, payload(u32(1)), "LENGTH", "PAY-1", "A logseq of four bytes is taken.",
           "payload-length-unchecked payload-short-accepted")
    refuse("anchor-without-own", 4, payload(rests[4][:-8]), "LENGTH", "PAY-1",
           "The own logseq may be left out.",
           "payload-length-unchecked payload-short-accepted")
    for length in (64, 95, 97, 127, 129, 160):
        refuse(f"rotate-body-{length}", 7, payload(b"\x77" * length), "LENGTH", "PAY-1 PAY-6",
               "A rotation of another length is taken.", "payload-length-unchecked rotate-length-between")
    for n, width in ((1, 32), (5, 34), (6, 34)):
        item = segment if n == 1 else key
        name = names[n]
        refuse(f"{name}-count-2-of-1", n, payload(u32(2) + item(1)), "LENGTH", "PAY-1",
               "The count is not compared with the length.",
               "payload-length-unchecked payload-short-accepted count-ignored")
        refuse(f"{name}-count-1-of-2", n, payload(u32(1) + item(1) + item(2)), "LENGTH", "PAY-1",
               "What follows the items that are counted is ignored.",
               "payload-length-unchecked payload-long-accepted count-ignored")
        refuse(f"{name}-count-greatest", n, payload(u32(2**32 - 1) + item(1)), "LENGTH", "PAY-1",
               "Memory is reserved for the count, or the product wraps.",
               "payload-length-unchecked payload-short-accepted count-ignored")
        refuse(f"{name}-count-wraps", n, payload(u32((2**32 + width - 1) // width)), "LENGTH", "PAY-1",
               "Count times width is computed in 32 bits.",
               "payload-length-unchecked payload-short-accepted count-ignored")
        refuse(f"{name}-count-0", n, payload(u32(0)), "COUNT", "PAY-2", "An empty list is taken.",
               "count-zero-accepted")
        refuse(f"{name}-count-0-of-1", n, payload(u32(0) + item(1)), "LENGTH", "PAY-1 PAY-2",
               "A count of 0 is looked at before the length, or items behind it are ignored.",
               "payload-length-unchecked payload-long-accepted count-ignored count-before-length")
        refuse(f"{name}-descending", n, payload(u32(2) + item(2) + item(1)), "ORDER", "PAY-3",
               "The order is not checked.",
               "order-unchecked")
        refuse(f"{name}-repeated", n, payload(u32(2) + item(1) + item(1)), "ORDER",
               "PAY-3 ACT-1" if n == 1 else "PAY-3",
               "A repetition is taken.", "order-not-strict order-unchecked")
        refuse(f"{name}-last-two-descending", n, payload(u32(3) + item(1) + item(3) + item(2)), "ORDER",
               "PAY-3",
               "Only the first two are compared.", "order-unchecked order-first-pair")
        refuse(f"{name}-signed-order", n, payload(u32(2) + item(0x80) + item(0x7F)), "ORDER", "PAY-3",
               "Bytes are compared as signed.", "order-unchecked order-signed")
        refuse(f"{name}-last-byte-descending", n, payload(u32(2) + item(1)[:-1] + b"\2" + item(1)), "ORDER",
               "PAY-3",
               "Only the beginning of each item is compared.", "order-unchecked order-prefix")
    for hash_id in (0, 3, 0x0100, 0xFFFF):
        for n in (2, 5, 6):
            rest = key(1, hash_id) + u32(0) if n == 2 else u32(1) + key(1, hash_id)
            refuse(f"{names[n]}-hash-id-{hash_id}", n, payload(rest), "HASH_ID", "PAY-4",
                   "The hash_id is not looked at, or read little-endian." if hash_id == 0x0100 else
                   "A hash_id that is not registered is taken.",
                   f"hash-id-unchecked {'tombstone' if n == 2 else 'list'}-hash-id-unchecked"
                   + (" hash-id-little-endian" if hash_id == 0x0100 else ""))
    refuse("publish-second-hash-id", 5, payload(u32(2) + key(1) + key(1, 3)), "HASH_ID", "PAY-4",
           "Only the first reference is looked at.",
           "hash-id-unchecked hash-id-first-only list-hash-id-unchecked")
    refuse("publish-order-of-two-hash-functions", 5, payload(u32(2) + key(1, 2) + key(9, 1)), "ORDER",
           "PAY-3",
           "Keys are put in order by their digests.", "order-unchecked order-by-digest")

    def lifts(slug: str, given: List[Given], why: str, kills: str) -> None:
        r.refuse(slug, Draft().frames(given), "LOG.LIFT", "ACT-3 ACT-2 STX-POL-2", why,
                 f"lift-unchecked {kills}".strip())

    lifts("lift-of-nothing", [seal(1), lift(9)], "A lift of a logseq to come is taken.", "")
    lifts("lift-of-itself", [seal(1), lift(2)], "A lift of itself is taken.", "")
    lifts("lift-of-zero", [tombstone(1), lift(0)], "Position 0 stands for the last tombstone.",
          "lift-zero-is-last")
    lifts("lift-of-seal", [seal(1), lift(1)], "Any record below can be lifted.", "lift-of-any-record")
    lifts("lift-of-publication", [publish(1), lift(1)], "A publication can be lifted.", "lift-of-any-record")
    lifts("lift-of-lift", [tombstone(1), lift(1), lift(2)], "A lift can be lifted.", "lift-of-any-record")
    lifts("lift-twice", [tombstone(1), lift(1), lift(1)], "A tombstone is lifted twice.",
          "lift-of-lifted-accepted "
          "lift-of-any-record")
    lifts("lift-of-other-logseq-of-key", [tombstone(1), seal(1), lift(2)], "A lift is matched by the key.",
          "lift-of-any-record")
    lifts("lift-plus-2-32", [tombstone(1), lift(1 + 2**32)], "32 bits of the logseq are read.", "lift-u32")
    r.refuse("lift-of-anchor", (lambda d: d.frame(d.anchor(1)).frame(lift(2)))(Draft().frame(seal(1))),
             "LOG.LIFT", "ACT-4 ACT-3",
             "An anchor changes the policy.", "lift-unchecked lift-of-any-record")
    past = Draft(base=2**53 + 2,
                 base_hash=b"\x77" * 32).frame(seal(1)).frame(tombstone(1)).frame(lift(2**53 + 3))
    r.refuse("lift-past-2-53", past, "LOG.LIFT", "ACT-3",
             "Logseqs are floating-point numbers: 2^53 + 3 is 2^53 + 4.",
             "lift-unchecked lift-of-any-record lift-float")
    return r.group


def leaves() -> Group:
    g = group("leaves", "leaves")

    def add(slug: str, draft: Draft, who: Optional[Json] = None, **more: Any) -> None:
        g.ok(slug, "output", {"bytes": describe(draft.data), **(who or owner())}, None, **more)

    g.ok("none", "output", {"bytes": header().hex(), **owner()},
         {"leaves": [], "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
         clauses="TREE-2",
         why="The root of no leaves is taken to be zero.", kills="tree-empty-zero")
    for n in range(1, 10):
        add(f"records-{n}", Draft().frame(*(seal(i + 1) for i in range(n))), clauses="TREE-1 TREE-2",
            why="The tree is split elsewhere, its odd leaf is doubled, or leaves and nodes are hashed alike.",
            kills={1: "leaf-without-prefix leaf-byte-after leaf-without-byte leaf-hashed-as-node",
                   2: "node-without-prefix node-swapped", 3: "tree-odd-doubled",
                   5: "tree-split-in-half tree-odd-doubled", 6: "tree-split-in-half",
                   7: "tree-odd-doubled", 9: "tree-split-in-half tree-odd-doubled"}.get(
                       n, "node-without-prefix"))
    add("frames-do-not-count", Draft().frame(seal(1), seal(2)).frame(seal(3)), clauses="TREE-1 TREE-2",
        why="A leaf is made for each frame.", kills="leaf-per-frame")
    add("closed", closed().frames([seal(1, public=0), publish(1), tombstone(1), unpublish(1)]), CLOSED_OWNER,
        clauses="TREE-1", why="The byte of a leaf is always 1, or always 0.",
        kills="leaf-byte-one leaf-byte-zero")
    for slug, body in (("empty", b""), ("zero", b"\0"), ("one", b"\1"), ("two", b"\2"), ("255", b"\xff\1")):
        add(f"unknown-payload-{slug}", Draft().frame((8, body)), clauses="TREE-1 REC-3",
            why="The byte of a leaf is the payload's first byte, or depends on the type.",
            kills={"empty": "leaf-byte-empty-crash leaf-byte-one", "one": "leaf-byte-known-only",
                   "zero": "leaf-byte-one",
                   "two": "leaf-byte-copied leaf-byte-truthy",
                   "255": "leaf-byte-copied leaf-byte-truthy"}[slug])
    add("torn", Draft().frame(seal(1)).raw(b"\1"), clauses="TREE-1 FRM-3", why="A tear is a leaf.",
        kills="torn-refused")
    broken = Draft().frame(seal(1))
    broken.frame_of(broken.record(seal(2), record_hash=b"\x13" * 32), 2)
    g.reject("broken-chain", {"bytes": describe(broken.data), **owner()}, "LOG.CHAIN",
             clauses="TREE-1 TREE-2 CHN-1",
             why="Leaves are made of record hashes that were not checked.", kills="chain-unchecked")
    g.reject("public-2", {"bytes": describe(Draft().frame(seal(1, public=2)).data), **owner()}, "LOG.PUBLIC",
             clauses="TREE-1 PFX-1", why="A leaf is made for a record that is neither public nor not.",
             kills="public-unchecked public-truthy")
    return g


# A state written out


def table(*rows: Any, tombstones: Any = (), pairs: Any = ()) -> bytes:
    """A policy table file; a row is (key, publication, tombstones, ordinal of the first, logseq)."""
    head = b"ASLPOL01" + u32(1) + u32(64) + bytes(8) + u64(len(rows)) + u64(len(tombstones)) + bytes(24)
    lines = [key(n) + bytes([said, 0]) + u32(count) + u64(first) + u64(logseq)
             for n, said, count, first, logseq in rows]
    index = [u64(logseq) + u64(ordinal) for logseq, ordinal in pairs]
    return b"".join((head, *lines, *map(u64, tombstones), *index))


class Dumps:
    """Adds vectors of states written out; what is said of a state is written out here too, compared."""

    def __init__(self, name: str) -> None:
        self.group = group(name, "stateDump")

    def ok(self, slug: str, draft: Draft, why: str, kills: str, to: Optional[int] = None, clauses: str = "",
           is_open: bool = True, anchored: int = 0, seals: Any = (), anchors: Any = (), types: Any = (),
           policy: bytes = table()) -> None:
        given = replayed(draft, owner(draft.domain, is_open), to)
        position = draft.logseq if to is None else to
        counts = (u64(len(seals)), u64(len(anchors)), u32(len(types)), u64(len(policy)))
        written = b"".join((
            b"ASLDMP01", draft.domain, b"\1" if is_open else b"\0", u64(position), draft.hashes[position],
            u64(anchored), *counts, *(u64(n) + segment(s) for n, s in seals),
            *(u64(n) + u64(s) for n, s in anchors), *map(u32, types), policy,
        ))  # fmt: skip
        dumped = OPERATIONS["log.stateDump"](given)["bytes"]
        if dumped != written.hex():
            raise ValueError(f"{slug}: {dumped}")
        self.group.ok(slug, "output", given, None, clauses=f"DMP-1 {clauses}".strip(), why=why, kills=kills)

    def refuse(self, slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str,
               is_open: bool = True, to: Optional[int] = None) -> None:
        self.group.reject(slug, replayed(draft, owner(draft.domain, is_open), to), code,
                          clauses=f"DMP-1 {clauses}", why=why, kills=kills)


def dump_state() -> Group:
    r = Dumps("dump-state")
    r.group.ok(
        "empty", "output", {"bytes": header().hex(), **owner()},
        {"bytes": "41534c444d503031" + DEMO.hex() + "01" + "00" * 8 + DEMO.hex() + "00" * 28
         + "4000000000000000" + "41534c504f4c3031" + "01000000" + "40000000" + "00" * 48,
         "sha256": "12e0ca30da3a28aff816af65daef01f55aa00a4bad48160ad120416a8e2259ed"},
        clauses="DMP-1 STX-PTB-1", why="The policy table of a policy without rows is left out.",
        kills="dump-empty-policy-left-out dump-open-swapped dump-policy-hashed dump-policy-length-is-rows "
        "dump-big-endian dump-sha256-of-policy dump-sha256-of-pages dump-anchored-none-is-all-ones "
        "dump-record-hash-is-snapshot-id dump-type-count-u64")
    r.ok("empty-closed", closed(), "The state of a closed domain is written as that of an open one.",
         "dump-open-always dump-open-swapped", is_open=False)
    r.ok("worked-example", Draft().frame(seal(0x33)), "A SegmentID stands before the logseq of its seal.",
         "dump-segment-before-logseq dump-big-endian dump-record-hash-is-snapshot-id dump-seals-ids-only",
         seals=[(1, 0x33)], types=[1])
    r.ok("three-segments-in-a-seal", Draft().frame(publish(9)).frame(seal(1, 2, 3)),
         "A seal is written once, or its segments are counted as seals.",
         "dump-seal-count-of-records dump-seals-numbered", seals=[(2, 1), (2, 2), (2, 3)],
         types=[1, 5], policy=table((9, 1, 0, 0, 1)))
    r.ok("segment-sealed-twice", Draft().frame(seal(1)).frame(seal(2)).frame(seal(1)),
         "A segment that is sealed twice is written once.", "dump-seals-as-set dump-seals-by-segment-id",
         seals=[(1, 1), (2, 2), (3, 1)], types=[1])
    r.ok("seals-descending", Draft().frame(seal(9)).frame(seal(1)), "Segments are sorted by SegmentID.",
         "dump-seals-by-segment-id", seals=[(1, 9), (2, 1)], types=[1])
    many = list(range(1, 130))
    r.ok("258-visible-segments", Draft().frame(seal(*many)).frame(seal(*many)),
         "The number of visible segments is written in one byte.",
         "dump-counts-u8 dump-seals-as-set dump-seal-count-of-records",
         seals=[(n, s) for n in (1, 2) for s in many], types=[1])
    r.ok("tombstones", Draft().frame(*map(tombstone, (9, 1, 9, 1))).frame(lift(2)),
         "The rows of the policy stand in the order of the records.",
         "dump-policy-unsorted dump-policy-length-is-rows dump-policy-hashed",
         types=[2, 3],
         policy=table((1, 0, 1, 0, 0), (9, 0, 2, 1, 0), tombstones=[4, 1, 3], pairs=[(1, 1), (3, 1), (4, 0)]))
    r.ok("tombstones-all-lifted", Draft().frame(tombstone(1)).frame(lift(1)),
         "A key without tombstones and publications has a row, or a policy without rows no table.",
         "policy-empty-row dump-empty-policy-left-out", clauses="STX-POL-6", types=[2, 3])
    r.ok("publication", Draft().frame(publish(2)).frame(publish(1)), "Published keys come as they were met.",
         "dump-policy-unsorted dump-policy-hashed", types=[5],
         policy=table((1, 1, 0, 0, 2), (2, 1, 0, 0, 1)))
    r.ok("unpublication", Draft().frame(publish(1)).frame(unpublish(1)).frame(unpublish(2)),
         "A key that is not published any more has no row.", "dump-unpublished-left-out", types=[5, 6],
         policy=table((1, 2, 0, 0, 2), (2, 2, 0, 0, 3)))
    two = Draft().frame(seal(1)).frame(seal(2))
    anchored(anchored(two, 1).frame(seal(3)), 4)
    r.ok("two-anchors", two, "Anchors are left out, stand before the seals, or have their numbers swapped.",
         "dump-anchors-left-out dump-anchors-before-seals dump-anchor-swapped dump-anchored-is-own-logseq "
         "dump-anchors-last-only dump-anchored-first",
         anchored=4, seals=[(1, 1), (2, 2), (4, 3)], anchors=[(3, 1), (5, 4)], types=[1, 4])
    r.ok("types-known-and-unknown", Draft().frame(seal(1)).frame((9, b"")).frame(rotate()),
         "A state in which a type was skipped is not written out, or only types of one kind are.",
         "dump-partial-refused dump-types-unknown-only dump-types-known-only dump-types-as-met",
         clauses="RPL-9", seals=[(1, 1)], types=[1, 7, 9])
    r.ok("types-met-again", Draft().frame((9, b""), seal(1), (9, b"\1"), seal(2)).frame((8, b"")),
         "A type is written for each of its records, or in the order in which it came.",
         "dump-types-repeated dump-types-as-met dump-types-unknown-only", clauses="RPL-9",
         seals=[(2, 1), (4, 2)], types=[1, 8, 9])
    wide = [(n, b"") for n in (0x100, 9, 2**32 - 1, 2**31, 0x10001)]
    r.ok("types-of-four-bytes", Draft().frame(*wide),
         "Types are sorted by their bytes, by their digits, or as signed numbers.",
         "dump-types-by-bytes dump-types-by-text dump-types-signed dump-types-u16 dump-partial-refused",
         clauses="RPL-9", types=[9, 0x100, 0x10001, 2**31, 2**32 - 1])
    r.ok("types-300", Draft().frame(*((1000 + n, b"") for n in range(300))),
         "The number of types is written in one byte, or in eight.", "dump-counts-u8 dump-type-count-u64",
         clauses="RPL-9", types=list(range(1000, 1300)))
    hidden = closed().frame(seal(1, public=0)).frame(tombstone(1, public=0)).frame(publish(1, 2))
    r.ok("closed", anchored(hidden.frame(unpublish(1)), 2), "What a closed domain does not show is left out.",
         "dump-public-only dump-open-always", is_open=False, anchored=2,
         seals=[(1, 1)], anchors=[(5, 2)], types=[1, 2, 4, 5, 6],
         policy=table((1, 2, 1, 0, 4), (2, 1, 0, 1, 3), tombstones=[2], pairs=[(2, 0)]))
    full = Draft().frame(seal(5, 6), tombstone(3), publish(1, 4), (70000, b"?"))
    anchored(full.frame(seal(2)), 3)
    anchored(full.frame(rotate(True), unpublish(4), tombstone(1), tombstone(3)).frame(lift(2)), 6)
    r.ok("everything", full, "The parts stand in another order.",
         "dump-anchors-before-seals dump-policy-before-types dump-big-endian dump-types-before-anchors",
         clauses="RPL-1 RPL-9", anchored=6, seals=[(1, 5), (1, 6), (5, 2)], anchors=[(6, 3), (12, 6)],
         types=[1, 2, 3, 4, 5, 6, 7, 70000],
         policy=table((1, 1, 1, 0, 3), (3, 0, 1, 1, 0), (4, 2, 0, 2, 8), tombstones=[9, 10],
                      pairs=[(9, 0), (10, 1)]))
    return r.group


def dump_positions() -> Group:
    r = Dumps("dump-positions")
    four = Draft().frame(seal(1)).frame(publish(1), tombstone(1)).frame(lift(3))
    r.ok("at-0", four, "Position 0 stands for the end.",
         "to-zero-is-end dump-position-of-end dump-record-hash-of-end", clauses="RPL-1", to=0)
    r.ok("within-a-frame", four, "The position, or the record_hash, is that of the last record of the file.",
         "dump-position-of-end dump-record-hash-of-end types-of-file", clauses="RPL-9", to=2,
         seals=[(1, 1)], types=[1, 5], policy=table((1, 1, 0, 0, 2)))
    r.ok("last-by-number", four, "The record at the position does not act.",
         "to-exclusive", clauses="RPL-1", to=4, seals=[(1, 1)], types=[1, 2, 3, 5],
         policy=table((1, 1, 0, 0, 2)))
    anchors = anchored(anchored(Draft().frame(seal(1)).frame(seal(2)), 1).frame(seal(3)), 4)
    r.ok("between-anchor-and-what-it-names", anchors,
         "An anchor counts from the position on that it names.", "dump-anchored-by-snapshot-logseq",
         to=2, seals=[(1, 1), (2, 2)], types=[1])
    r.ok("at-what-the-second-anchor-names", anchors,
         "An anchor counts from the position on that it names.",
         "dump-anchored-by-snapshot-logseq dump-anchors-of-file dump-anchored-is-own-logseq",
         to=4, anchored=1, seals=[(1, 1), (2, 2), (4, 3)], anchors=[(3, 1)], types=[1, 4])
    r.ok("at-an-anchor", anchors, "An anchor counts only above its own logseq.",
         "dump-anchor-exclusive dump-anchors-of-file to-exclusive", clauses="RPL-1", to=3, anchored=1,
         seals=[(1, 1), (2, 2)], anchors=[(3, 1)], types=[1, 4])
    r.ok("below-an-invalid-record", Draft().frame(seal(1)).frame(lift(1)),
         "A record above the position is looked at.", "replay-whole-first", clauses="RPL-4", to=1,
         seals=[(1, 1)], types=[1])
    other = Draft().frame(seal(1)).frame(seal(2))
    torn = Draft().frame(seal(1)).raw(other.data[other.ends[1] : -1])
    r.ok("torn", torn, "A torn file has no state.", "torn-refused", clauses="FRM-3", seals=[(1, 1)],
         types=[1])

    def refuse(slug: str, draft: Draft, code: str, clauses: str, why: str, kills: str, **more: Any) -> None:
        r.refuse(slug, draft, code, clauses, why, kills, **more)

    refuse("past-the-end", four, "LOG.POSITION", "RPL-2", "A position after the end is taken for the end.",
           "to-past-end-accepted", to=5)
    refuse("past-the-end-of-an-empty-log", Draft(), "LOG.POSITION", "RPL-2",
           "An empty log has the same state everywhere.", "to-past-end-accepted", to=1)
    refuse("at-an-invalid-record", Draft().frame(seal(1)).frame(lift(1)), "LOG.LIFT", "ACT-3 RPL-4",
           "What goes before an invalid record is written out.", "invalid-ends-replay lift-unchecked")
    refuse("closed-read-as-open", closed().frame(seal(1, public=0)), "LOG.PUBLIC", "PFX-1",
           "Whether the domain is open is a byte that is written, and nothing that is checked.",
           "public-unchecked")

    def based(base: int) -> Draft:
        return Draft(base=base, base_hash=b"\x77" * 32)

    r.ok("base-7-without-records", based(7), "Without an anchor the base counts as anchored.",
         "dump-anchored-none-is-base dump-position-from-base")
    r.ok("base-7", based(7).frame(seal(1, 2)).frame(tombstone(1)), "Logseqs count from the base.",
         "dump-position-from-base dump-logseq-from-base dump-anchored-none-is-base", clauses="RPL-8",
         seals=[(8, 1), (8, 2)], types=[1, 2],
         policy=table((1, 0, 1, 0, 0), tombstones=[9], pairs=[(9, 0)]))
    low = based(7)
    low.frame(low.anchor(3, snapshot_id=b"\1" * 32))
    r.ok("base-7-anchor-for-3", low, "An anchor that names a position below the base does not count.",
         "dump-anchor-below-base-left-out dump-anchored-is-own-logseq", clauses="RPL-8", anchored=3,
         anchors=[(8, 3)], types=[4])
    refuse("base-7-at-6", based(7).frame(seal(1)), "LOG.TRUNCATED", "RPL-3",
           "A position below the base is that of the base.", "below-base-accepted", to=6)

    def large(slug: str, base: int, why: str, kills: str) -> None:
        draft = based(base).frame(seal(1)).frame(tombstone(1), publish(2))
        r.ok(slug, anchored(anchored(draft, base), base + 1), why, kills, clauses="RPL-8",
             anchored=base + 1, seals=[(base + 1, 1)], anchors=[(base + 4, base), (base + 5, base + 1)],
             types=[1, 2, 4, 5],
             policy=table((1, 0, 1, 0, 0), (2, 1, 0, 1, base + 3), tombstones=[base + 2],
                          pairs=[(base + 2, 0)]))

    large("base-past-2-32", 2**32 + 4, "Logseqs are written in 32 bits.", "dump-logseq-u32")
    large("base-past-2-53", 2**53, "Logseqs are floating-point numbers.", "dump-logseq-float dump-logseq-u32")
    large("base-past-2-63", 2**63 + 2**53, "Logseqs are signed, or floating-point numbers.",
          "dump-logseq-float dump-logseq-i64")
    r.ok("greatest-logseq", based(LAST - 1).frame(seal(1)), "The greatest logseq is read as minus one.",
         "dump-logseq-i64", seals=[(LAST, 1)], types=[1])
    return r.group


FILES = {
    "asl-log-1/write.json": (encode, encode_refused, append, append_refused),
    "asl-log-1/file.json": (scan_header, scan_header_refused, scan_frames, scan_tail, scan_refused),
    "asl-log-1/limits.json": (limits,),
    "asl-log-1/records.json": (replay_chain, replay_prefix, replay_payload),
    "asl-log-1/state.json": (replay_state, replay_positions, replay_anchors, replay_unknown),
    "asl-log-1/leaves.json": (leaves,),
    "asl-log-1/dump.json": (dump_state, dump_positions),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
