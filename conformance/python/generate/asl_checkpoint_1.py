#!/usr/bin/env python3
"""Writes the vectors of ASL/CHECKPOINT/1, or compares them with what is on disk (`--check`).

Expected values are built here, but for signatures: those that OpenSSL made are written out, others are computed.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from typing import Any, Callable, Dict, List, Sequence, Tuple

from head_draft import (
    DEMO, KEY, ORDER, OTHER_KEY, OTHER_SEED, SEED, ZERO, b64, half, id_of, large_path, large_proof, leaf,
    levels_of,
    line, node, note_of, origin, path_of, proof_of, root_of, row_of_hashes, same, sha256, signed, text_of,
)  # fmt: skip
from vector_file import Group, describe, file_text, main

from amduat import ed25519

SPEC = "ASL/CHECKPOINT/1"
PAST_SAFE = 2**53 + 1
LAST = 2**64 - 1
EMPTY = sha256()
OTHER = same(0xAB)
# Base64 with `+` and `/` at both ends.
SIGNS = bytes.fromhex("fbefbe" * 5 + "ffffff" * 5 + "fbe0")

Json = Dict[str, Any]


def group(name: str, op: str) -> Group:
    return Group(f"head.{name}", f"head.{op}", "0.1.0", "HEAD")


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


# Text

# slug, domain, size, root, why, kills of an encoder, kills of a decoder
Written = Tuple[str, bytes, int, bytes, str, str, str]

TEXTS: Sequence[Written] = (
    ("empty-log", DEMO, 0, EMPTY,
     "The size 0 is left out or refused, or the root of no leaves is written as zeros.",
     "size-zero-empty", "size-zero-refused"),
    ("size-1", DEMO, 1, same(1), "The size is the number of the last leaf.", "size-less-one",
     "size-less-one"),
    ("size-9", DEMO, 9, same(2), "The size has always two digits.", "size-padded", "size-less-one"),
    ("size-10", DEMO, 10, same(2), "A zero at the end of the size is dropped or refused.",
     "size-hexadecimal", "size-hexadecimal"),
    ("size-255", DEMO, 255, same(3), "The size is written in hexadecimal.", "size-hexadecimal",
     "size-hexadecimal"),
    ("size-256", DEMO, 256, same(3), "The size has one byte.", "size-u8", "size-u8"),
    ("size-1000000", DEMO, 1000000, same(3), "Digits are written in groups, or as a power of ten.",
     "size-grouped", "size-less-one"),
    ("size-2-32", DEMO, 2**32, same(4), "The size has four bytes.", "size-u32", "size-u32"),
    ("size-past-2-53", DEMO, PAST_SAFE, same(4), "The size is a floating-point number.", "size-float",
     "size-float"),
    ("size-2-63", DEMO, 2**63, same(4), "The size is a signed number.", "size-signed", "size-signed"),
    ("size-greatest", DEMO, LAST, same(0xFF), "The size is a signed or a floating-point number.",
     "size-float size-signed", "size-float size-signed"),
    ("root-signs", DEMO, 7, SIGNS, "The root is base64 of the alphabet for URLs.", "root-url-alphabet",
     "root-url-alphabet"),
    ("root-zero", DEMO, 7, ZERO, "A root of zeros is none.", "root-zero-left-out", "root-zero-refused"),
    ("root-least-bits", DEMO, 7, bytes(31) + b"\x01", "The last bits of the root are lost.",
     "root-cut", "root-last-byte-masked"),
    ("domain-digits", bytes(31) + b"\x0a", 7, same(5), "Zeros before a DomainID are dropped.",
     "origin-zeros-dropped", "origin-zeros-dropped"),
    ("domain-letters", same(0xAB), 7, same(5), "The DomainID is written in capitals.", "origin-capitals",
     "origin-capitals"),
)  # fmt: skip


def head_json(domain: bytes, size: int, root: bytes) -> Json:
    return {"domainId": domain.hex(), "size": str(size), "root": root.hex()}


def encode() -> Group:
    g = group("encode", "encode")
    for slug, domain, size, root, why, kills, _ in TEXTS:
        g.ok(slug, "roundtrip", head_json(domain, size, root), {"text": text_of(size, root, domain)},
             clauses="TXT-1 TXT-3", why=why, kills=f"{kills} crlf root-unpadded")
    return g


def decode() -> Group:
    g = group("decode", "decode")
    for slug, domain, size, root, why, _, kills in TEXTS:
        g.ok(slug, "roundtrip", {"text": text_of(size, root, domain)}, head_json(domain, size, root),
             clauses="TXT-1 TXT-2", why=why, kills=kills)
    return g


def decode_refused() -> Group:
    g = group("decode-refused", "decode")
    one, two, three = text_of(12, same(3)).splitlines()
    d = DEMO.hex()

    def refuse(slug: str, text: str, why: str, kills: str) -> None:
        g.reject(slug, {"text": text}, "HEAD.TEXT", clauses="TXT-1 TXT-2", why=why, kills=kills)

    def first(slug: str, text: str, why: str, kills: str = "origin-unchecked") -> None:
        refuse(f"origin-{slug}", f"{text}\n{two}\n{three}\n", why, kills)

    def second(slug: str, text: str, why: str, kills: str = "size-unchecked") -> None:
        refuse(f"size-{slug}", f"{one}\n{text}\n{three}\n", why, kills)

    def third(slug: str, text: str, why: str, kills: str = "root-unchecked") -> None:
        refuse(f"root-{slug}", f"{one}\n{two}\n{text}\n", why, kills)

    refuse("nothing", "", "No text is taken for a head of an empty log.", "lines-unchecked")
    refuse("one-line", f"{one}\n", "What is not there has a default.", "lines-unchecked")
    refuse("two-lines", f"{one}\n{two}\n", "What is not there has a default.", "lines-unchecked")
    refuse("last-lf-missing", f"{one}\n{two}\n{three}", "The last LF may be left out.", "last-lf-optional")
    refuse("extension", f"{one}\n{two}\n{three}\nmore\n",
           "Lines after the root are taken, as checkpoints of other logs have them.", "extensions-accepted")
    refuse("extension-unended", f"{one}\n{two}\n{three}\nmore", "What follows the last LF is ignored.",
           "extensions-accepted")
    refuse("extension-empty", f"{one}\n{two}\n{three}\n\n", "An empty line at the end is ignored.",
           "extensions-accepted text-stripped")
    refuse("line-before", f"\n{one}\n{two}\n{three}\n", "An empty line at the beginning is ignored.",
           "text-stripped")
    refuse("line-between", f"{one}\n\n{two}\n{three}\n", "Empty lines are ignored.", "empty-lines-ignored")
    refuse("crlf", f"{one}\r\n{two}\r\n{three}\r\n", "Lines may end in CR LF.", "crlf-accepted")
    refuse("crlf-last", f"{one}\n{two}\n{three}\r\n", "The last line may end in CR LF.",
           "crlf-accepted root-unchecked")
    refuse("cr", f"{one}\r{two}\r{three}\r", "Lines may end in CR.", "cr-accepted")
    refuse("byte-order-mark", f"\ufeff{one}\n{two}\n{three}\n", "A byte order mark is ignored.",
           "origin-searched byte-order-mark-ignored")
    refuse("lines-swapped", f"{one}\n{three}\n{two}\n", "The lines stand in any order.", "lines-in-any-order")
    refuse("line-separator", f"{one}\n{two}\n{three}\u2028", "Other characters end a line too.",
           "line-separators-accepted")
    first("empty", "", "An origin may be empty.")
    first("other-prefix", f"other/{d}", "Every origin is taken.")
    first("prefix-capital", f"Amduat/{d}", "The origin is compared without case.", "origin-without-case")
    first("no-prefix", d, "The prefix may be left out.")
    first("prefix-only", "amduat/", "The DomainID may be left out.")
    first("capitals", f"amduat/{d.upper()}", "Capitals are taken as digits.", "origin-without-case")
    first("one-capital", f"amduat/{d.replace('f', 'F', 1)}", "Capitals are taken as digits.",
          "origin-without-case")
    first("digit-less", f"amduat/{d[:-1]}", "A DomainID of 63 digits is filled up.")
    first("byte-less", f"amduat/{d[:-2]}", "A DomainID of 31 bytes is filled up.")
    first("digit-more", f"amduat/{d}0", "What follows 64 digits is ignored.", "origin-begins-so")
    first("byte-more", f"amduat/{d}00", "What follows 64 digits is ignored.", "origin-begins-so")
    first("path-more", f"amduat/{d}/", "What follows 64 digits is ignored.", "origin-begins-so")
    first("not-a-digit", f"amduat/g{d[1:]}", "What is not a digit is read as zero.")
    first("space-before", f" amduat/{d}", "Spaces around a line are ignored.",
          "lines-stripped origin-searched")
    first("space-after", f"amduat/{d} ", "Spaces around a line are ignored.",
          "lines-stripped origin-begins-so")
    first("full-width", f"amduat/\uff10{d[1:]}", "Digits of other alphabets are taken.")
    second("empty", "", "No digits are the size 0.")
    second("leading-zero", "012", "A size may have zeros before it.", "size-leading-zeros")
    second("two-zeros", "00", "A size may have zeros before it.", "size-leading-zeros")
    second("plus", "+12", "A size may have a sign.", "size-signs")
    second("minus", "-12", "A size may have a sign.", "size-signs")
    second("minus-zero", "-0", "A size may have a sign.", "size-signs")
    second("space-before", " 12", "Spaces around a line are ignored.", "lines-stripped")
    second("space-after", "12 ", "Spaces around a line are ignored.", "lines-stripped")
    second("underscore", "1_2", "Digits may stand in groups.", "size-language-number")
    second("point", "12.0", "A size is any number.")
    second("exponent", "1e1", "A size is any number.")
    second("hexadecimal", "0x12", "A size is any number.")
    second("letters", "abc", "What is not a digit is the size 0.")
    second("hexadecimal-digits", "1f", "The size is hexadecimal.", "size-hexadecimal")
    second("other-digits", "\u0661\u0662", "Digits of other alphabets are taken.", "size-other-digits")
    second("full-width", "\uff11", "Digits of other alphabets are taken.", "size-other-digits")
    second("2-64", str(2**64), "A size beyond u64 is cut or taken.", "size-unlimited")
    second("2-64-and-12", str(2**64 + 12), "A size beyond u64 is cut or taken.", "size-unlimited")
    second("twenty-nines", "9" * 20, "Twenty digits are taken for a u64.", "size-unlimited")
    second("many-digits", "1" * 400, "A size beyond u64 is taken as a number without end.", "size-unlimited")
    third("empty", "", "A head without a root is taken.")
    third("31-bytes", b64(bytes(31)), "A root has any length.", "root-any-length")
    third("33-bytes", b64(bytes(33)), "A root has any length.", "root-any-length")
    third("20-bytes", b64(bytes(20)), "A root has any length.", "root-any-length")
    third("unpadded", three.rstrip("="), "Padding may be left out.", "root-padding-optional")
    third("padded-more", f"{three}=", "Padding is not counted.", "root-padding-optional")
    third("padded-four-more", f"{three}====", "What follows the padding is ignored.", "root-padding-optional")
    third("last-bits", b64(same(3))[:-2] + "N=", "Bits that stand for nothing are ignored.",
          "root-last-bits-ignored")
    third("last-bits-two", b64(same(3))[:-2] + "O=", "Bits that stand for nothing are ignored.",
          "root-last-bits-ignored")
    third("url-alphabet", base64.urlsafe_b64encode(SIGNS).decode(), "The alphabet for URLs is taken too.",
          "root-url-alphabet-accepted")
    third("hexadecimal", same(3).hex(), "The root may be hexadecimal.")
    third("space-before", f" {three}", "Spaces around a line are ignored.", "lines-stripped root-lenient")
    third("space-after", f"{three} ", "Spaces around a line are ignored.", "lines-stripped root-lenient")
    third("space-inside", f"{three[:8]} {three[8:]}", "Spaces in base64 are ignored.", "root-lenient")
    third("other-character", f"{three[:8]}!{three[8:]}", "What is not base64 is ignored.", "root-lenient")
    third("zero-byte", f"{three}\0", "A text ends at a zero byte.", "root-lenient")
    return g


# Notes

T0, T7 = text_of(), text_of(7, same(7))
GREATEST = text_of(LAST, same(0xFF))
# Made by OpenSSL with the private key SEED.
T0_SIGNATURE = bytes.fromhex(
    "e83c85319e4beea46aa7af507379c21d9cd7c45495a27bd077001583185e5abd"
    "003ef5f2565693c9cd40d89f09deb28084a480564b5f49a35455143561572002"
)
GREATEST_SIGNATURE = bytes.fromhex(
    "5affe799bf53ecf1fd32bfabf6a80eb30d9a7d3ba7137ea2c9e49fd6ff3fc564"
    "d11ec30a132526152bd532759269984e218066ba411bde5e5e668492a8fa9409"
)
NAME = origin()
SIGNER = "key-id-without-name key-id-without-lf key-id-without-algorithm key-id-last-bytes"
ENCODER = "hyphen-for-dash name-left-out signature-before-key-id"


def sign() -> Group:
    g = group("sign", "sign")
    for slug, text, signature, why in (
        ("empty-log", T0, T0_SIGNATURE, "The signature is over another text than that of the head."),
        ("greatest", GREATEST, GREATEST_SIGNATURE, "The signature is over a size that was read as a number."),
    ):
        note = note_of(text, line(NAME, id_of(NAME), signature))
        g.ok(slug, "output", {"text": text, "seed": SEED.hex()}, {"note": note.hex(), "key": KEY.hex()},
             clauses="NOTE-1 NOTE-2", why=why,
             kills=f"{SIGNER} {ENCODER} signature-over-blank signature-without-lf signature-over-hash")
    for slug, text, seed, why in (
        ("other-key", T7, OTHER_SEED, "The key ID is that of another key."),
        ("other-domain", text_of(7, same(7), OTHER), SEED, "The name is not the origin."),
        ("seed-of-zeros", T7, ZERO, "Private keys are checked for more than their length."),
    ):
        g.ok(slug, "output", {"text": text, "seed": seed.hex()}, clauses="NOTE-1 NOTE-2", why=why,
             kills=f"{SIGNER} {ENCODER} signature-over-blank signature-without-lf signature-over-hash")
    for slug, text, why, kills in (
        ("extension", f"{T7}more\n", "Whatever is handed over is signed.",
         "signs-any-text extensions-accepted"),
        ("leading-zero", T7.replace("\n7\n", "\n07\n"), "Whatever is handed over is signed.",
         "signs-any-text size-leading-zeros"),
        ("last-lf-missing", T7[:-1], "The last LF is put where it is missing.",
         "signs-any-text last-lf-optional"),
        ("whole-note", note_of(T7).decode(), "A note is signed once more.",
         "signs-any-text extensions-accepted"),
        ("no-text", "", "Whatever is handed over is signed.", "signs-any-text lines-unchecked"),
    ):
        g.reject(slug, {"text": text, "seed": SEED.hex()}, "HEAD.TEXT", clauses="TXT-2 TXT-3", why=why,
                 kills=kills)
    return g


def opened(note: bytes, key: bytes = KEY, domain: bytes = DEMO) -> Json:
    return {"note": describe(note), "key": key.hex(), "domainId": domain.hex()}


def told(size: int = 7, root: bytes = same(7)) -> Json:
    return {"size": str(size), "root": root.hex()}


GOOD = signed(T7)
# Lines of others: a short one, one of another name, one of another key.
SHORT = line("witness.example/w1", b"\x01\x02\x03\x04", b"\x00")
LONG = line("witness.example/w2", b"\x01\x02\x03\x04", bytes(range(200)))
NOT_ASCII = line("z\u00e9ro.example", b"\x01\x02\x03\x04", bytes(64))
OTHER_SIGNER = signed(T7, OTHER_SEED, OTHER_KEY)
COSIGNED = signed(T7, OTHER_SEED, OTHER_KEY, "witness.example/w1")


def filled(length: int) -> bytes:
    """A note of exactly so many bytes, with lines of others after the authority's."""
    note = note_of(T7, GOOD)
    left = length - len(note)
    # A line with a name of n bytes and 5 bytes of base64 has n + 14 bytes; base64 of 47,000 bytes most of it.
    long = line("w", b"\x01\x02\x03\x04", bytes(45000))
    left -= len(long.encode())
    return note + long.encode() + line("n" * (left - 14), b"\x01\x02\x03\x04", b"\x00").encode()


def open_taken() -> Group:
    g = group("open", "open")

    def take(slug: str, note: bytes, clauses: str, why: str, kills: str, ok: Json = told(),
             **of: bytes) -> None:
        g.ok(slug, "output", opened(note, **of), ok, clauses=clauses, why=why, kills=kills)

    take("empty-log", note_of(T0, line(NAME, id_of(NAME), T0_SIGNATURE)), "NOTE-1 NOTE-2 NOTE-3",
         "The signature or the key ID is looked for where it is not.",
         f"{SIGNER} signature-over-blank signature-without-lf signature-over-hash size-zero-refused",
         told(0, EMPTY))
    take("greatest", note_of(GREATEST, line(NAME, id_of(NAME), GREATEST_SIGNATURE)), "NOTE-1 NOTE-2 NOTE-3",
         "The size is read as a signed or floating-point number.",
         f"{SIGNER} signature-over-blank size-float size-signed", told(LAST, same(0xFF)))
    take("other-key", note_of(T7, OTHER_SIGNER), "NOTE-1 NOTE-5", "There is one key for all domains.",
         f"{SIGNER} signature-over-blank", key=OTHER_KEY)
    take("other-domain", note_of(text_of(7, same(7), OTHER)), "NOTE-1 NOTE-4",
         "There is one domain for all notes.", f"{SIGNER} signature-over-blank", domain=OTHER)
    for slug, lines, why in (
        ("line-after", (GOOD, SHORT), "A second line is refused."),
        ("line-before", (SHORT, GOOD), "Only the first line is looked at."),
        ("lines-around", (LONG, COSIGNED, GOOD, NOT_ASCII, SHORT), "Lines of others are looked at."),
        ("name-of-a-control-character", (line("\u0085", b"\1\2\3\4", bytes(64)), GOOD),
         "A character that Unicode calls a control is refused."),
        ("name-not-utf-8", (line("\udcff", b"\1\2\3\4", bytes(64)), GOOD), "A name has to be UTF-8."),
        ("other-key-of-origin", (OTHER_SIGNER, GOOD), "The first line of the name decides."),
        ("key-under-other-name", (signed(T7, name="witness.example/w1"), GOOD),
         "The name of a line is not looked at."),
        ("twice-the-same", (GOOD, GOOD), "A line that stands twice is refused."),
        ("invalid-after-valid", (GOOD, line(NAME, id_of(NAME), bytes(64))),
         "All lines of the key have to be valid."),
        ("key-id-of-other-name", (line("a", id_of(NAME), bytes(64)), GOOD),
         "A line is found by its key ID alone."),
        ("name-of-other-key-id", (line(NAME, b"\x01\x02\x03\x04", bytes(64)), GOOD),
         "A line is found by its name alone."),
        ("short-line-of-origin", (line(NAME, b"\x01\x02\x03\x04", b"\x00"), GOOD),
         "Every line has a signature of 64 bytes."),
    ):
        kills = {
            "line-after": "one-line-only lines-must-be-64-bytes",
            "line-before": "one-line-only first-line-only lines-must-be-64-bytes",
            "lines-around": "one-line-only first-line-only all-lines-verified lines-must-be-64-bytes names-ascii",
            "name-of-a-control-character": "one-line-only first-line-only names-ascii names-without-unicode-controls",
            "name-not-utf-8": "one-line-only first-line-only names-ascii names-utf-8",
            "other-key-of-origin": "one-line-only first-line-only found-by-name",
            "key-under-other-name": "one-line-only first-line-only all-lines-named-origin",
            "twice-the-same": "one-line-only repeated-line-refused",
            "invalid-after-valid": "one-line-only last-line-decides all-lines-verified repeated-line-refused",
            "key-id-of-other-name": "one-line-only first-line-only found-by-key-id",
            "name-of-other-key-id": "one-line-only first-line-only found-by-name",
            "short-line-of-origin": "one-line-only first-line-only found-by-name lines-must-be-64-bytes",
        }[slug]
        clauses = {
            "invalid-after-valid": "NOTE-6 NOTE-7",
            "name-of-a-control-character": "NOTE-3 NOTE-7",
            "name-not-utf-8": "NOTE-3 NOTE-7",
        }.get(slug, "NOTE-5 NOTE-7")
        take(slug, note_of(T7, *lines), clauses, why, kills)
    take("greatest-note", filled(2**16), "NOTE-3", "The limit is one byte lower.",
         "note-limit-exclusive note-limit-u15 one-line-only")
    return g


def open_note_refused() -> Group:
    g = group("open-note", "open")

    def refuse(slug: str, note: bytes, why: str, kills: str, clauses: str = "NOTE-3",
               code: str = "HEAD.NOTE") -> None:
        g.reject(slug, opened(note), code, clauses=clauses, why=why, kills=kills)

    whole, text = note_of(T7), T7.encode()
    key_id = id_of(NAME)
    encoded = GOOD.split(" ")[2][:-1]

    def with_line(slug: str, extra: str, why: str, kills: str = "lines-form-unchecked") -> None:
        """Beside a line that is good: only the other is at fault."""
        refuse(slug, note_of(T7, GOOD, extra), why, kills)

    refuse("nothing", b"", "No bytes are a note without signatures.", "note-form-unchecked")
    refuse("lf", b"\n", "An empty line alone is a note.", "signatures-optional")
    refuse("text-alone", text, "A text without signatures is a note.", "note-form-unchecked")
    refuse("text-and-empty-line", text + b"\n", "A note may have no signature.", "signatures-optional")
    refuse("empty-line-missing", text + GOOD.encode(), "The lines are found by how they begin.",
           "note-form-unchecked")
    refuse("last-lf-missing", whole[:-1], "The last LF may be left out.", "note-last-lf-optional")
    refuse("last-lf-is-cr", whole[:-1] + b"\r", "The last LF may be another character.",
           "note-last-lf-optional")
    refuse("limit-and-one", filled(2**16 + 1), "A note of 65,537 bytes is taken.",
           "note-limit-inclusive note-limit-missing")
    refuse("empty-line-after", whole + b"\n", "Empty lines at the end are ignored.", "lines-form-unchecked")
    refuse("empty-line-between", note_of(T7, GOOD, "\n", SHORT), "Empty lines between lines are ignored.",
           "lines-form-unchecked")
    refuse("two-empty-lines", note_of(T7, "\n", GOOD), "The last empty line ends the text.",
           "last-empty-line lines-form-unchecked")
    refuse("text-of-two-parts", note_of(f"{T7}\nmore\n", signed(f"{T7}\nmore\n")),
           "The last empty line ends the text.", "last-empty-line lines-form-unchecked")
    with_line("hyphen", SHORT.replace("\u2014", "-"), "A hyphen is taken for the dash.")
    with_line("en-dash", SHORT.replace("\u2014", "\u2013"), "Another dash is taken.")
    with_line("no-dash", SHORT[2:], "The dash may be left out.")
    with_line("no-space-after-dash", SHORT.replace("\u2014 ", "\u2014"), "The space may be left out.")
    with_line("space-before-dash", f" {SHORT}", "Spaces at the beginning are ignored.")
    with_line("two-spaces", SHORT.replace("w1 ", "w1  "), "Spaces are counted as one.")
    with_line("space-at-end", SHORT.replace("\n", " \n"), "Spaces at the end are ignored.")
    with_line("crlf", SHORT.replace("\n", "\r\n"), "Lines may end in CR LF.")
    with_line("no-base64", "\u2014 witness.example/w1\n", "A line may be a name alone.")
    with_line("name-empty", "\u2014  AQIDBAA=\n", "A name may be empty.", "names-empty")
    with_line("name-with-plus", line("wit+ness", b"\x01\x02\x03\x04", b"\x00"),
              "Names have any characters but spaces.", "names-any-character names-with-plus")
    with_line("name-with-tab", line("wit\tness", b"\x01\x02\x03\x04", b"\x00"),
              "Names have any characters but spaces.", "names-any-character")
    with_line("name-with-zero", line("wit\0ness", b"\x01\x02\x03\x04", b"\x00"),
              "Names have any characters but spaces.", "names-any-character")
    with_line("name-with-cr", line("wit\rness", b"\x01\x02\x03\x04", b"\x00"),
              "Names have any characters but spaces.", "names-any-character")
    with_line("name-with-del", line("wit\x7fness", b"\x01\x02\x03\x04", b"\x00"),
              "Only the characters below the space are control characters.",
              "names-any-character control-below-space-only")
    with_line("name-with-space", line("wit ness", b"\x01\x02\x03\x04", b"\x00"),
              "A name ends at the last space.",
              "names-with-space lines-form-unchecked")
    with_line("bytes-0", "\u2014 w \n", "A line may have no bytes.")
    with_line("bytes-3", line("w", b"\x01\x02\x03", b""), "A key ID may be short.", "lines-short")
    with_line("bytes-4", line("w", b"\x01\x02\x03\x04", b""), "A signature may be empty.",
              "lines-short lines-four-bytes")
    with_line("unpadded", "\u2014 w AQIDBAA\n", "Padding may be left out.",
              "line-padding-optional lines-form-unchecked")
    with_line("last-bits", "\u2014 w AQIDBAB=\n", "Bits that stand for nothing are ignored.",
              "line-last-bits-ignored")
    with_line("url-alphabet", "\u2014 w -_-_-_-_\n", "The alphabet for URLs is taken.",
              "line-url-alphabet")
    with_line("not-base64", "\u2014 w AQID!BAA=\n", "What is not base64 is ignored.", "line-lenient")
    refuse("authority-last-bits", note_of(T7, f"\u2014 {NAME} {spoil(encoded)}\n"),
           "Bits that stand for nothing are ignored.", "line-last-bits-ignored")
    refuse("authority-hexadecimal", note_of(T7, f"\u2014 {NAME} {key_id.hex()}+{b64(bytes(64))}\n"),
           "The key ID stands beside the signature.", "lines-form-unchecked")
    for slug, text_, why, kills in (
        ("text-extension", f"{T7}more\n", "Lines after the root are taken.", "extensions-accepted"),
        ("text-leading-zero", T7.replace("\n7\n", "\n07\n"), "A size may have zeros before it.",
         "size-leading-zeros"),
        ("text-crlf", T7.replace("\n", "\r\n"), "Lines of the text may end in CR LF.", "crlf-accepted"),
        ("text-size-2-64", text_of(2**64, same(7)), "A size beyond u64 is taken.", "size-unlimited"),
        ("text-root-31-bytes", text_of(7, bytes(31)), "A root has any length.", "root-any-length"),
    ):
        refuse(slug, note_of(text_, signed(text_, name=NAME)), why, kills, "NOTE-3 TXT-2", "HEAD.TEXT")
    unreadable = b"\xff" + text
    refuse("text-not-utf-8", unreadable + b"\n" + line(NAME, key_id, ed25519.sign(SEED, unreadable)).encode(),
           "A text that is no UTF-8 is a crash.",
           "origin-searched", "NOTE-3 TXT-2", "HEAD.TEXT")
    refuse("text-empty", b"\n" + line(NAME, key_id, ed25519.sign(SEED, b"")).encode(), "A note may say nothing.",
           "lines-unchecked empty-text-is-no-note",
           "NOTE-3 TXT-2", "HEAD.TEXT")
    # Which of two faults is named.
    bad_text = f"{T7}more\n"
    refuse("order-note-before-text", (bad_text + "\n").encode() + signed(bad_text).encode()[:-1],
           "The text is read before the note is split.", "text-before-note", "NOTE-3 TXT-2")
    refuse("order-line-before-text", note_of(bad_text, signed(bad_text), "\u2014 w\n"),
           "The text is read before the lines are.", "text-before-lines lines-form-unchecked", "NOTE-3 TXT-2")
    refuse("order-text-before-origin", note_of(f"{text_of(7, same(7), OTHER)}more\n"),
           "The origin is compared before the text is read.", "origin-before-text extensions-accepted",
           "TXT-2 NOTE-4",
           "HEAD.TEXT")
    return g


def spoil(encoded: str) -> str:
    """The same 68 bytes with a bit set that stands for nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = encoded.rstrip("=")
    return body[:-1] + alphabet[alphabet.index(body[-1]) + 1] + encoded[len(body) :]


def open_refused() -> Group:
    g = group("open-refused", "open")

    def refuse(slug: str, note: bytes, code: str, clauses: str, why: str, kills: str, **of: bytes) -> None:
        g.reject(slug, opened(note, **of), f"HEAD.{code}", clauses=clauses, why=why, kills=kills)

    whole = note_of(T7)
    refuse("other-domain", whole, "ORIGIN", "NOTE-4", "The origin is not compared.", "origin-not-compared",
           domain=OTHER)
    refuse("domain-one-bit", whole, "ORIGIN", "NOTE-4", "Only the beginning of the DomainID is compared.",
           "origin-not-compared origin-first-bytes", domain=DEMO[:31] + bytes([DEMO[31] ^ 1]))
    refuse("domain-zero", whole, "ORIGIN", "NOTE-4", "The DomainID of zeros asks for any domain.",
           "origin-not-compared origin-zero-is-any", domain=ZERO)
    # A head of another domain whose line has the name of the one asked for, and is valid.
    theirs = text_of(7, same(7), OTHER)
    refuse("line-under-our-name", note_of(theirs, signed(theirs, name=NAME)), "ORIGIN", "NOTE-4",
           "The name of the line is compared in the place of the origin.", "origin-not-compared")
    refuse("order-origin-before-signer", note_of(theirs, OTHER_SIGNER), "ORIGIN", "NOTE-4 NOTE-5",
           "The line is looked for before the origin is compared.",
           "origin-not-compared signer-before-origin")
    refuse("other-key", whole, "SIGNER", "NOTE-5", "Whoever signed is taken.", "signer-unchecked",
           key=OTHER_KEY)
    refuse("signed-by-another", note_of(T7, OTHER_SIGNER), "SIGNER", "NOTE-5", "Whoever signed is taken.",
           "signer-unchecked found-by-name")
    refuse("cosigners-alone", note_of(T7, COSIGNED, SHORT), "SIGNER", "NOTE-5 NOTE-7",
           "A note with signatures of others is signed.", "signer-unchecked")
    refuse("key-under-other-name", note_of(T7, signed(T7, name="witness.example/w1")), "SIGNER", "NOTE-5",
           "The name of a line is not looked at.", "name-of-line-unchecked")
    refuse("our-key-id-under-other-name",
           note_of(T7, line("a", id_of(NAME), ed25519.sign(SEED, T7.encode()))),
           "SIGNER", "NOTE-5", "A line is found by its key ID alone.", "found-by-key-id")
    refuse("other-key-id", note_of(T7, line(NAME, id_of(NAME, OTHER_KEY), ed25519.sign(SEED, T7.encode()))),
           "SIGNER", "NOTE-1 NOTE-5", "The key ID is not compared.", "found-by-name")
    for slug, key_id, why, kills in (
        ("key-id-without-name", sha256(b"\x01", KEY)[:4], "The key ID does not have the name in it.",
         "key-id-without-name"),
        ("key-id-without-algorithm", sha256(NAME.encode(), b"\n", KEY)[:4],
         "The key ID does not have the algorithm in it.", "key-id-without-algorithm"),
        ("key-id-without-lf", sha256(NAME.encode(), b"\x01", KEY)[:4], "The key ID has no LF in it.",
         "key-id-without-lf"),
        ("key-id-of-key", KEY[:4], "The key ID is the beginning of the key.", "key-id-of-key"),
        ("key-id-last-bytes", sha256(NAME.encode(), b"\n\x01", KEY)[-4:],
         "The key ID is the end of the hash.",
         "key-id-last-bytes"),
        ("key-id-reversed", id_of(NAME)[::-1], "The key ID is little-endian.", "key-id-reversed"),
        ("key-id-one-bit", id_of(NAME)[:3] + bytes([id_of(NAME)[3] ^ 1]),
         "Not all of the key ID is compared.",
         "key-id-three-bytes"),
    ):
        note = note_of(T7, line(NAME, key_id, ed25519.sign(SEED, T7.encode())))
        refuse(slug, note, "SIGNER", "NOTE-1 NOTE-5", why, f"{kills} found-by-name")
    return g


SCALAR = int.from_bytes(hashlib.sha512(SEED).digest()[:32], "little") & (1 << 254) - 8 | 1 << 254


def crafted(commitment: bytes, message: bytes, r: int = 0, key: bytes = KEY) -> bytes:
    """By the scalar of SEED, with an R that is r · B but for a point of small order, read as what it stands for."""
    challenge = int.from_bytes(hashlib.sha512(commitment + key + message).digest(), "little")
    return commitment + little((r + challenge * SCALAR) % ORDER)


def open_signature() -> Group:
    g = group("open-signature", "open")
    message = T7.encode()
    good = ed25519.sign(SEED, message)
    s = int.from_bytes(good[32:], "little")
    mine = id_of(NAME)

    def refuse(slug: str, signature: bytes, why: str, kills: str = "signature-unchecked", *more: str,
               clauses: str = "NOTE-6") -> None:
        g.reject(slug, opened(note_of(T7, line(NAME, mine, signature), *more)), "HEAD.SIGNATURE",
                 clauses=clauses, why=why, kills=kills)

    refuse("r-changed", bytes([good[0] ^ 1]) + good[1:], "The signature is not checked.")
    refuse("s-changed", good[:32] + bytes([good[32] ^ 1]) + good[33:], "The signature is not checked.")
    refuse("zeros", bytes(64), "The signature is not checked.")
    refuse("of-other-text", ed25519.sign(SEED, T0.encode()), "A signature of any text is taken.")
    refuse("of-other-key", ed25519.sign(OTHER_SEED, message), "A signature of any key is taken.")
    refuse("over-empty-line", ed25519.sign(SEED, message + b"\n"), "The LF after the text is signed too.",
           "signature-over-blank", clauses="NOTE-2 NOTE-6")
    refuse("over-text-without-lf", ed25519.sign(SEED, message[:-1]), "The last LF is not signed.",
           "signature-without-lf", clauses="NOTE-2 NOTE-6")
    refuse("over-hash", ed25519.sign(SEED, sha256(message)), "A hash of the text is signed.",
           "signature-over-hash", clauses="NOTE-2 NOTE-6")
    refuse("over-root", ed25519.sign(SEED, same(7)), "The root is signed.", "signature-over-root",
           clauses="NOTE-2 NOTE-6")
    refuse("s-and-order", good[:32] + little(s + ORDER), "S is taken modulo the order of the group.",
           "s-not-below-order s-three-bits-checked", clauses="NOTE-6 NOTE-9")
    refuse("s-and-8-orders", good[:32] + little(s + 8 * ORDER), "Only the first bits of S are looked at.",
           "s-not-below-order", clauses="NOTE-6 NOTE-9")
    refuse("halves-swapped", good[32:] + good[:32], "S stands before R.", "s-before-r")
    # A signature whose last byte is zero, so that 63 bytes filled up are right.
    short_text = next(text for text in (text_of(7, sha256(bytes([n]))) for n in range(256))
                      if ed25519.sign(SEED, text.encode())[63] == 0)
    cut = ed25519.sign(SEED, short_text.encode())[:63]
    g.reject("63-bytes", opened(note_of(short_text, line(NAME, mine, cut))), "HEAD.SIGNATURE",
             clauses="NOTE-6",
             why="A signature may be short.", kills="signature-any-length signature-unchecked")
    refuse("65-bytes", good + b"\0", "What follows a signature is ignored.", "signature-any-length")
    refuse("96-bytes", good + KEY, "What follows a signature is ignored.", "signature-any-length")
    refuse("1-byte", good[:1], "A signature may be short.", "signature-unchecked")
    refuse("valid-after-invalid", bytes(64), "Any line of the key that is valid is enough.",
           "any-line-decides", GOOD, clauses="NOTE-5 NOTE-6")
    refuse("short-before-valid", b"\0", "A line of another length is passed over.",
           "any-line-decides signature-lengths-passed-over", GOOD, clauses="NOTE-5 NOTE-6")
    for slug, commitment, why in (
        ("r-past-p", little(ed25519.P + 1), "R is read modulo p."),
        ("r-is-p", little(ed25519.P), "R is read modulo p."),
        ("r-zero-with-sign", little(1 | 1 << 255), "The sign of an x of zero is ignored."),
        ("r-least-with-sign", little(ed25519.P - 1 | 1 << 255), "The sign of an x of zero is ignored."),
    ):
        refuse(slug, crafted(commitment, message), why, "points-lenient", clauses="NOTE-6 NOTE-8")
    refuse("r-no-point", little(2) + good[32:], "An R that is no point is a crash.", "signature-unchecked",
           clauses="NOTE-6 NOTE-8")

    def of_key(slug: str, key: bytes, signature: bytes, why: str, kills: str,
               clauses: str = "NOTE-6 NOTE-8") -> None:
        note = note_of(T7, line(NAME, id_of(NAME, key), signature))
        g.reject(slug, opened(note, key=key), "HEAD.SIGNATURE", clauses=clauses, why=why, kills=kills)

    # Under a key that is the neutral element every R = S · B holds; here its encoding is not the canonical one.
    any_text = ed25519.encode_point(times(7)) + little(7)
    of_key("key-past-p", little(ed25519.P + 1), any_text, "The key is read modulo p.", "points-lenient")
    of_key("key-zero-with-sign", little(1 | 1 << 255), any_text, "The sign of an x of zero is ignored.",
           "points-lenient")
    of_key("key-no-point", little(2), good, "A key that is no point is a crash.",
           "signature-unchecked key-must-be-point")
    # Under a key of small order R = S · B holds by both equations where k is a multiple of 8.
    for n in range(8):
        key = ed25519.encode_point(small(n))
        r, commitment = found(ed25519.NEUTRAL, key, message, lambda k: k % 8 == 0)
        of_key(f"key-of-small-order-{n}", key, commitment + little(r),
               "A key under which anyone can sign is taken.", "small-order-key-accepted", "NOTE-6 NOTE-10")
    return g


def times(factor: int) -> ed25519.Point:
    return ed25519._multiply(factor, ed25519.BASE)


def least_of_order_8() -> ed25519.Point:
    """L times the first point that gives one of order 8."""
    for y in range(2, 100):
        point = ed25519.decode_point(little(y))
        found = None if point is None else ed25519._multiply(ORDER, point)
        if found is not None and ed25519.encode_point(ed25519._multiply(4, found)) != little(1):
            return found
    raise ValueError("none of the first points has a part of order 8")


TORSION = least_of_order_8()


def small(n: int) -> ed25519.Point:
    """One of the eight points of small order."""
    return ed25519._multiply(n % 8, TORSION)


def found(aside: ed25519.Point, key: bytes, message: bytes, fits: Callable[[int], bool]) -> Tuple[int, bytes]:
    """The first r, and R = r · B and a point of small order aside, of which k fits."""
    for r in range(1, 1000):
        commitment = ed25519.encode_point(ed25519._add(times(r), aside))
        digest = hashlib.sha512(commitment + key + message).digest()
        if fits(int.from_bytes(digest, "little") % ORDER):
            return r, commitment
    raise ValueError("no r fits")


def open_points() -> Group:
    """Signatures that are valid where R or the key has a part of small order."""
    g = group("open-points", "open")
    message = T7.encode()

    def take(slug: str, key: bytes, signature: bytes, clauses: str, why: str, kills: str) -> None:
        note = note_of(T7, line(NAME, id_of(NAME, key), signature))
        g.ok(slug, "output", opened(note, key=key), told(), clauses=f"NOTE-6 {clauses}", why=why, kills=kills)

    for n, order in ((1, 8), (2, 4), (3, 8), (4, 2)):
        r, commitment = found(small(n), KEY, message, lambda k: True)
        take(f"r-with-part-of-order-{order}-{n}", KEY, crafted(commitment, message, r), "NOTE-11",
             "The equation is checked without the factor 8.", "cofactorless")
        commitment = ed25519.encode_point(small(n))
        take(f"r-of-order-{order}-{n}", KEY, crafted(commitment, message), "NOTE-8 NOTE-9 NOTE-11",
             "An R of small order is refused.", "cofactorless small-order-r-refused")
    take("r-neutral", KEY, crafted(little(1), message), "NOTE-8 NOTE-9 NOTE-11",
         "An R of small order is refused.", "small-order-r-refused")
    for n, order in ((1, 8), (2, 4), (3, 8), (4, 2)):
        key = ed25519.encode_point(ed25519._add(times(SCALAR), small(n)))
        r, commitment = found(ed25519.NEUTRAL, key, message, lambda k: k * n % 8 != 0)
        take(f"key-with-part-of-order-{order}-{n}", key, crafted(commitment, message, r, key),
             "NOTE-10 NOTE-11", "The equation is checked without the factor 8.",
             "cofactorless mixed-key-refused")
        r, commitment = found(ed25519.NEUTRAL, key, message, lambda k: k * n % 8 == 0)
        take(f"key-with-part-of-order-{order}-{n}-unseen", key, crafted(commitment, message, r, key),
             "NOTE-10 NOTE-11", "A key that is no multiple of B is refused.", "mixed-key-refused")
    return g


# Keys

PLUS_KEY = bytes.fromhex("efbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbefbe")


def key_text(name: str, key: bytes, key_id: str = "", encoded: str = "") -> str:
    return "+".join((name, key_id or id_of(name, key).hex(), encoded or b64(b"\x01" + key)))


def low_id() -> bytes:
    """A key whose key ID for NAME begins with a zero."""
    return next(key for key in map(little, range(1, 1000)) if id_of(NAME, key)[0] < 0x10)


KEYS: Sequence[Tuple[str, str, bytes, str, str]] = (
    ("authority", NAME, KEY, "The key ID or the algorithm is left out.", "key-text-without-algorithm"),
    ("other", NAME, OTHER_KEY, "The key ID is that of another key.", "key-text-without-algorithm"),
    ("plus-in-base64", NAME, PLUS_KEY, "The text is split at every `+`.", "key-text-split-at-every-plus"),
    ("zeros", NAME, ZERO, "A key of zeros is none.", "key-zero-refused"),
    ("key-id-begins-with-zero", NAME, low_id(), "Zeros before a key ID are dropped.", "key-id-zeros-dropped"),
    ("other-name", "witness.example/w1", KEY, "The name is always an origin.", "key-name-is-origin"),
    ("short-name", "w", KEY, "The name is always an origin.", "key-name-is-origin"),
    ("not-ascii-name", "z\u00e9ro.example", KEY, "A name is hashed as other bytes than UTF-8.",
     "names-ascii names-latin-1"),
)


def format_key() -> Group:
    g = group("format-key", "formatKey")
    for slug, name, key, why, kills in KEYS:
        given = {"name": name, "key": key.hex()}
        g.ok(slug, "roundtrip", given, {"text": key_text(name, key)}, clauses="KEY-1 NOTE-1", why=why,
             kills=f"{kills} key-id-without-name key-id-without-lf key-id-capitals")
    return g


def parse_key() -> Group:
    g = group("parse-key", "parseKey")
    for slug, name, key, why, kills in KEYS:
        g.ok(slug, "roundtrip", {"text": key_text(name, key)}, {"name": name, "key": key.hex()},
             clauses="KEY-1 NOTE-1", why=why, kills=f"{kills} key-id-without-name key-id-without-lf")

    def refuse(slug: str, text: str, why: str, kills: str) -> None:
        g.reject(slug, {"text": text}, "HEAD.KEY", clauses="KEY-1", why=why, kills=kills)

    whole, mine = key_text(NAME, KEY), id_of(NAME).hex()
    encoded = b64(b"\x01" + KEY)
    refuse("empty", "", "No text is a key.", "key-parts-optional")
    refuse("name-alone", NAME, "A name is a key.", "key-parts-optional")
    refuse("base64-alone", encoded, "Name and key ID may be left out.", "key-parts-optional")
    refuse("without-key-id", f"{NAME}+{encoded}", "The key ID may be left out.", "key-parts-optional")
    refuse("without-name", f"{mine}+{encoded}", "The name may be left out.", "key-parts-optional")
    refuse("name-empty", key_text("", KEY), "A name may be empty.", "names-empty")
    refuse("name-with-space", key_text("wit ness", KEY), "Names have any characters.",
           "names-any-character names-with-space")
    refuse("name-with-tab", key_text("wit\tness", KEY), "Names have any characters.", "names-any-character")
    refuse("name-with-lf", key_text("wit\nness", KEY), "Names have any characters.", "names-any-character")
    refuse("name-with-plus", key_text("wit+ness", KEY), "The key is what follows the last `+`.",
           "names-with-plus")
    refuse("key-id-of-other-key", key_text(NAME, KEY, id_of(NAME, OTHER_KEY).hex()),
           "The key ID is not compared.",
           "key-id-not-compared")
    refuse("key-id-of-other-name", key_text("w", KEY, mine), "The name is not in the key ID.",
           "key-id-not-compared")
    refuse("key-id-zero", key_text(NAME, KEY, "00000000"), "The key ID is not compared.",
           "key-id-not-compared")
    refuse("key-id-capitals", key_text(NAME, KEY, mine.upper()), "Capitals are taken as digits.",
           "key-id-without-case")
    refuse("key-id-short", key_text(NAME, KEY, mine[:7]), "A key ID may be short.", "key-id-begins-so")
    refuse("key-id-long", key_text(NAME, KEY, f"{mine}00"), "A key ID may be long.", "key-id-begins-so")
    refuse("key-id-zeros-dropped", key_text(NAME, low_id(), id_of(NAME, low_id()).hex().lstrip("0")),
           "Zeros before a key ID may be left out.", "key-id-as-number")
    refuse("key-id-0x", key_text(NAME, KEY, f"0x{mine}"), "A key ID is any number.", "key-id-as-number")
    for slug, kind, why in (("algorithm-0", 0, "The algorithm is not looked at."),
                            ("algorithm-2", 2, "The algorithm is not looked at."),
                            ("algorithm-4", 4, "A key for cosignatures is taken.")):
        data = bytes([kind]) + KEY
        own = sha256(NAME.encode(), b"\n", data)[:4].hex()
        refuse(slug, f"{NAME}+{own}+{b64(data)}", why, "algorithm-unchecked")
    # With the key ID that such a key would have.
    for slug, data, why in (("key-31-bytes", b"\x01" + KEY[:31], "A key has any length."),
                            ("key-33-bytes", b"\x01" + KEY + b"\0", "A key has any length."),
                            ("key-empty", b"\x01", "A key has any length."),
                            ("without-algorithm", KEY, "The algorithm may be left out.")):
        own = sha256(NAME.encode(), b"\n", data)[:4].hex()
        kills = "key-algorithm-optional" if slug == "without-algorithm" else "key-any-length"
        refuse(slug, f"{NAME}+{own}+{b64(data)}", why, kills)
    refuse("unpadded", key_text(NAME, KEY, encoded=encoded + "="), "Padding is not counted.",
           "key-base64-lenient")
    refuse("last-lf", f"{whole}\n", "A line end is ignored.", "key-base64-lenient key-text-stripped")
    refuse("space-before", f" {whole}", "Spaces around it are ignored.", "key-text-stripped")
    refuse("space-after", f"{whole} ", "Spaces around it are ignored.",
           "key-base64-lenient key-text-stripped")
    refuse("part-more", f"{whole}+more", "What follows the key is ignored.", "key-parts-unchecked")
    refuse("url-alphabet",
           key_text(NAME, PLUS_KEY, encoded=base64.urlsafe_b64encode(b"\x01" + PLUS_KEY).decode()),
           "The alphabet for URLs is taken.", "key-url-alphabet")
    refuse("hexadecimal", key_text(NAME, KEY, encoded=(b"\x01" + KEY).hex()), "The key may be hexadecimal.",
           "key-hexadecimal")
    return g


# Inclusion


def data_of(count: int) -> List[bytes]:
    return [b"\x01" + number.to_bytes(2, "big") for number in range(count)]


def hexes(items: Sequence[bytes]) -> List[str]:
    return [item.hex() for item in items]


def hashes_of(count: int) -> List[bytes]:
    return list(map(leaf, data_of(count)))


def inclusion() -> Group:
    g = group("inclusion", "inclusion")
    for size, index in ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2), (4, 2), (5, 0), (5, 3), (5, 4),
                        (6, 4),
                        (7, 0), (7, 3), (7, 5), (7, 6), (8, 0), (8, 7), (9, 8), (13, 11), (255, 254),
                        (256, 255),
                        (257, 0), (257, 256)):  # fmt: skip
        data = data_of(size)
        path = path_of(hashes_of(size), index)
        kills = ["path-with-own-leaf"]
        if len(path) > 1:
            kills.append("path-from-root-down")
        if size > 1:
            kills.append("path-of-leaf-data")
        if len(path) < (size - 1).bit_length():
            kills.append("path-of-full-tree")
        g.ok(f"leaf-{index}-of-{size}", "output", {"leaves": hexes(data), "index": str(index)},
             {"path": hexes(path)}, clauses="INC-1",
             why="The path has other hashes, or in another order." if path else "One leaf has a path.",
             kills=" ".join(kills))
    g.ok("equal-leaves", "output", {"leaves": ["aa", "bb", "aa", "cc", "aa"], "index": "2"},
         {"path": hexes(path_of([leaf(bytes([n])) for n in (0xAA, 0xBB, 0xAA, 0xCC, 0xAA)], 2))},
         clauses="INC-1",
         why="A leaf is looked for by its data.",
         kills="path-of-first-equal-leaf path-from-root-down path-of-leaf-data")
    g.ok("empty-leaf-data", "output", {"leaves": ["", "01", "02"], "index": "1"},
         {"path": hexes(path_of([leaf(b""), leaf(b"\x01"), leaf(b"\x02")], 1))}, clauses="INC-1",
         why="A leaf of no data is no leaf.",
         kills="empty-leaf-data-zero path-of-leaf-data path-from-root-down")
    return g


def checked(data: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> Json:
    return {"leaf": data.hex(), "index": str(index), "size": str(size), "root": root.hex(),
            "path": hexes(path)}


LARGE = ((0, 2**32), (2**32 - 1, 2**32), (2**32, 2**32 + 1), (2**32 - 1, 2**32 + 1), (2**31, 2**32 - 1),
         (PAST_SAFE - 1, PAST_SAFE), (2**53 - 1, PAST_SAFE), (0, LAST), (LAST - 1, LAST), (2**63 - 1, LAST),
         (2**63, LAST))  # fmt: skip
LAST_OF_LARGE = "A number of leaves is computed in 32 bits, as a signed or as a floating-point number."


def verify_inclusion() -> Group:
    g = group("verify-inclusion", "verifyInclusion")

    def take(slug: str, given: Json, why: str, kills: str) -> None:
        g.ok(slug, "accept", given, {}, clauses="INC-1 INC-2", why=why, kills=kills)

    for size in (*range(1, 9), 13, 255, 256, 257):
        data, hashes = data_of(size), hashes_of(size)
        for index in range(size) if size < 9 else {0, 1, size // 2, size - 2, size - 1}:
            path = path_of(hashes, index)
            kills = ["leaf-hashed-as-node"] if path == [] else ["sides-swapped", "leaf-hashed-as-node"]
            if len(path) < (size - 1).bit_length():
                kills += ["path-length-of-full-tree", "sides-by-bits-alone"]
            take(f"leaf-{index}-of-{size}", checked(data[index], index, size, root_of(hashes), path),
                 "Left and right are swapped, or the path is taken for that of a full tree.", " ".join(kills))
    for index, size in LARGE:
        path, root = large_path(leaf(b"\x01"), index, size, row_of_hashes())
        kills = "sides-swapped"
        if size > 2**32 and index != size - 1:
            kills += " sizes-u32"
        if size >= 2**53 and index not in (0, 2**63):
            kills += " sizes-float"
        take(f"leaf-{index}-of-{size}", checked(b"\x01", index, size, root, path), LAST_OF_LARGE, kills)

    def refuse(slug: str, given: Json, why: str, kills: str) -> None:
        g.reject(slug, given, "HEAD.INCLUSION", clauses="INC-1 INC-2", why=why, kills=kills)

    for size, index in ((1, 0), (2, 1), (3, 2), (7, 3), (7, 6), (8, 5)):
        data, hashes = data_of(size), hashes_of(size)
        path, root = path_of(hashes, index), root_of(hashes)
        at = f"{index}-of-{size}"
        refuse(f"{at}-path-longer", checked(data[index], index, size, root, [*path, ZERO]),
               "Hashes that are left over are ignored.", "path-longer-accepted")
        refuse(f"{at}-root-changed", checked(data[index], index, size, node(root, root), path),
               "The root is not compared.", "root-not-compared")
        refuse(f"{at}-other-data", checked(b"\x00" + data[index][1:], index, size, root, path),
               "The leaf is not in what is compared.", "root-not-compared")
        if path:
            left = half(size)
            below = root_of(hashes[:left] if index < left else hashes[left:])
            refuse(f"{at}-path-shorter", checked(data[index], index, size, below, path[:-1]),
                   "A path that ends below the root is taken for one to it.", "path-shorter-accepted")
            refuse(f"{at}-path-shorter-root", checked(data[index], index, size, root, path[:-1]),
                   "A path that ends too soon is filled up, or the root not compared.", "inclusion-unchecked")
            refuse(f"{at}-path-empty", checked(data[index], index, size, hashes[index], []),
                   "The leaf is taken for the root.", "path-empty-accepted")
            refuse(f"{at}-first-changed", checked(data[index], index, size, root, [ZERO, *path[1:]]),
                   "The first hash is not looked at.", "root-not-compared")
            refuse(f"{at}-last-changed", checked(data[index], index, size, root, [*path[:-1], ZERO]),
                   "The last hash is not looked at.", "root-not-compared")
        if len(path) > 1:
            refuse(f"{at}-path-reversed", checked(data[index], index, size, root, path[::-1]),
                   "The path is read from the root down.", "root-not-compared path-read-from-root")
    data, hashes = data_of(7), hashes_of(7)
    path, root = path_of(hashes, 3), root_of(hashes)
    refuse("other-leaf", checked(data[2], 3, 7, root, path), "Any leaf of the tree is taken.",
           "root-not-compared")
    refuse("other-index", checked(data[3], 2, 7, root, path), "The index is not looked at.",
           "root-not-compared")
    refuse("other-path", checked(data[3], 3, 7, root, path_of(hashes, 2)), "Any path of the tree is taken.",
           "root-not-compared")
    refuse("index-in-another-bit", checked(data[3], 7, 8, root, path),
           "The index is not looked at.", "root-not-compared")
    # Numbers that give the same way: a path of the same length, its sides the same, that is not of this tree.
    refuse("index-at-size", checked(data[6], 7, 7, root, path_of(hashes, 6)), "The index may be the size.",
           "index-at-size")
    refuse("index-above-size", checked(data[3], 3 + 8, 7, root, path),
           "The index is taken modulo a power of two.",
           "index-modulo")
    refuse("index-2-32-above", checked(data[3], 3 + 2**32, 7, root, path), "The index is cut to 32 bits.",
           "index-u32 index-modulo")
    refuse("index-near-greatest", checked(data[3], LAST - 4, 7, root, path), "The index is a signed number.",
           "index-modulo")
    refuse("empty-tree", checked(data[0], 0, 0, EMPTY, []), "A leaf of an empty tree is looked for.",
           "empty-tree-accepted")
    refuse("empty-tree-root-of-leaf", checked(data[0], 0, 0, leaf(data[0]), []),
           "A tree of no leaves is one of one leaf.", "empty-tree-accepted")
    refuse("size-0-with-path", checked(data[3], 3, 0, root, path), "The size 0 asks for any tree.",
           "empty-tree-accepted")
    refuse("size-of-full-tree", checked(data[2], 2, 4, root_of(hashes_of(3)), path_of(hashes_of(3), 2)),
           "A path of another tree is taken.", "inclusion-unchecked")
    refuse("size-more", checked(data[6], 6, 8, root, path_of(hashes, 6)), "A path of another tree is taken.",
           "inclusion-unchecked")
    # The node above leaves 2 and 3 as if it were leaf data: the leaf has its own mark in the hash.
    node_data = leaf(data[2]) + leaf(data[3])
    refuse("node-as-leaf", checked(node_data, 1, 2, root_of(hashes[:4]), [node(hashes[0], hashes[1])]),
           "Leaves and nodes are hashed alike.", "leaf-hashed-as-node")
    for index, size in ((2**32, 2**32 + 1), (LAST - 1, LAST)):
        path, large_root = large_path(leaf(b"\x01"), index, size, row_of_hashes())
        left = half(size)
        _, below = large_path(leaf(b"\x01"), index - left, size - left, row_of_hashes())
        refuse(f"leaf-{index}-of-{size}-path-shorter", checked(b"\x01", index, size, below, path[:-1]),
               "A path that ends below the root is taken for one to it.", "path-shorter-accepted")
        refuse(f"leaf-{index}-of-{size}-path-longer",
               checked(b"\x01", index, size, large_root, [*path, ZERO]),
               "Hashes that are left over are ignored.", "path-longer-accepted")
    path, large_root = large_path(leaf(b"\x01"), 0, LAST, row_of_hashes())
    refuse("path-of-65", checked(b"\x01", 0, LAST, large_root, [*path, ZERO]), "A path may be of any length.",
           "path-longer-accepted")
    return g


# Consistency

PAIRS = ((1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3), (1, 4), (2, 4), (3, 4), (2, 5), (3, 5), (4, 5),
         (3, 7),
         (4, 7), (5, 7), (6, 7), (7, 7), (1, 8), (4, 8), (6, 8), (7, 8), (8, 9), (6, 13), (12, 13),
         (255, 256),
         (255, 257), (256, 257), (128, 257))  # fmt: skip


def consistency() -> Group:
    g = group("consistency", "consistency")
    for first, size in ((0, 0), (0, 1), (0, 5), *PAIRS):
        path = proof_of(hashes_of(size), first)
        kills = []
        if 0 < first < size:
            kills.append("proof-of-no-hashes")
            if first & (first - 1) == 0:
                kills.append("proof-with-known-root")
            elif path:
                kills.append("proof-without-first")
        elif first == 0:
            kills.append("proof-from-nothing-has-root" if size else "proof-of-same-size-has-root")
        else:
            kills.append("proof-of-same-size-has-root")
        if len(path) > 1:
            kills.append("proof-from-root-down")
        g.ok(f"{first}-to-{size}", "output", {"leaves": hexes(data_of(size)), "from": str(first)},
             {"path": hexes(path)}, clauses="CON-1 CON-2",
             why="The proof has other hashes, or in another order.", kills=" ".join(kills))
    return g


def grown(first: int, first_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> Json:
    return {"from": str(first), "fromRoot": first_root.hex(), "size": str(size), "root": root.hex(),
            "path": hexes(path)}  # fmt: skip


LARGE_PAIRS = ((1, 2**32), (2**31, 2**32), (2**32 - 1, 2**32), (2**32, 2**32 + 1), (2**32 - 1, 2**32 + 1),
               (2**32 + 1, 2**32 + 2), (2**53, PAST_SAFE), (1, LAST), (2**63, LAST), (2**63 + 1, LAST),
               (LAST - 1, LAST))  # fmt: skip


def verify_consistency() -> Group:
    g = group("verify-consistency", "verifyConsistency")

    def take(slug: str, given: Json, why: str, kills: str, clauses: str = "CON-1 CON-2") -> None:
        g.ok(slug, "accept", given, {}, clauses=clauses, why=why, kills=kills)

    def refuse(slug: str, given: Json, why: str, kills: str, clauses: str = "CON-1") -> None:
        g.reject(slug, given, "HEAD.CONSISTENCY", clauses=clauses, why=why, kills=kills)

    for first, size in PAIRS:
        hashes = hashes_of(size)
        kills = "same-size-refused"
        if first < size:
            kills = "roots-swapped"
            kills += " first-power-not-known" if first & (first - 1) == 0 else " first-always-known"
        take(f"{first}-to-{size}",
             grown(first, root_of(hashes[:first]), size, root_of(hashes), proof_of(hashes, first)),
             "The way of the proof is another.", kills)
    for size in (0, 1, 5, LAST):
        root = root_of(hashes_of(size)) if size < 9 else same(9)
        take(f"0-to-{size}", grown(0, EMPTY, size, root, []), "A tree of no leaves is the beginning of none.",
             "from-nothing-refused" if size else "from-nothing-refused same-size-refused")
    take(f"{LAST}-to-{LAST}", grown(LAST, same(9), LAST, same(9), []),
         "The same tree is not its own beginning.",
         "same-size-refused", "CON-1 CON-3")
    take("0-to-5-any-root", grown(0, EMPTY, 5, ZERO, []), "A second root is held against the first.",
         "from-nothing-compared")
    for first, size in LARGE_PAIRS:
        path, old, new = large_proof(first, size, row_of_hashes())
        kills = "roots-swapped"
        if size > 2**32 or first >= 2**32:
            kills += " sizes-u32"
        if size > 2**53 and first not in (1, 2**63):
            kills += " sizes-float"
        take(f"{first}-to-{size}", grown(first, old, size, new, path), LAST_OF_LARGE, kills)
    for first, size in ((1, 2), (3, 5), (4, 7), (6, 7), (4, 8), (7, 8)):
        hashes = hashes_of(size)
        old, new, path = root_of(hashes[:first]), root_of(hashes), proof_of(hashes, first)
        at = f"{first}-to-{size}"
        refuse(f"{at}-first-root", grown(first, same(1), size, new, path), "The first root is not compared.",
               "first-root-not-compared" if first & (first - 1) else "consistency-unchecked")
        refuse(f"{at}-second-root", grown(first, old, size, same(1), path),
               "The second root is not compared.",
               "second-root-not-compared")
        refuse(f"{at}-roots-swapped", grown(first, new, size, old, path), "The roots are not told apart.",
               "consistency-unchecked")
        refuse(f"{at}-longer", grown(first, old, size, new, [*path, ZERO]),
               "Hashes that are left over are ignored.", "proof-longer-accepted", "CON-2")
        refuse(f"{at}-shorter", grown(first, old, size, new, path[:-1]),
               "A proof that ends too soon is taken.",
               "consistency-unchecked" + (" empty-proof-accepted" if len(path) == 1 else ""), "CON-2")
        refuse(f"{at}-empty", grown(first, old, size, new, []), "No proof is a proof.",
               "consistency-unchecked empty-proof-accepted", "CON-2")
        refuse(f"{at}-changed", grown(first, old, size, new, [*path[:-1], ZERO]),
               "The last hash is not looked at.", "consistency-unchecked")
        if first & (first - 1) == 0:
            refuse(f"{at}-with-first-root", grown(first, old, size, new, [old, *path]),
                   "The proof may begin with the root that is known.", "known-root-repeated", "CON-2")
    # A second tree whose first leaf is another.
    others = [leaf(b"\x00"), *hashes_of(7)[1:]]
    refuse("other-history", grown(3, root_of(hashes_of(3)), 7, root_of(others), proof_of(others, 3)),
           "Another history is taken.", "first-root-not-compared")
    refuse("other-history-power-of-two",
           grown(4, root_of(hashes_of(4)), 7, root_of(others), proof_of(others, 4)),
           "Another history is taken.", "second-root-not-compared")
    refuse("first-above-size",
           grown(5, root_of(hashes_of(5)), 3, root_of(hashes_of(3)), proof_of(hashes_of(5), 3)),
           "A tree may shrink.", "shrinking-accepted", "CON-3")
    refuse("first-above-size-no-hashes", grown(5, same(5), 3, same(5), []), "A tree may shrink.",
           "shrinking-accepted", "CON-3")
    refuse("1-to-0", grown(1, leaf(b"\x01"), 0, EMPTY, []), "A tree may shrink to nothing.",
           "shrinking-accepted", "CON-3")
    refuse("1-to-0-empty-roots", grown(1, EMPTY, 0, EMPTY, []), "A tree may shrink to nothing.",
           "shrinking-accepted", "CON-3")
    refuse("greatest-to-1", grown(LAST, same(5), 1, same(5), []), "A tree may shrink.", "shrinking-accepted",
           "CON-3")
    refuse("6-to-5", grown(6, root_of(hashes_of(6)), 5, root_of(hashes_of(5)), []), "A tree may shrink.",
           "shrinking-accepted", "CON-3")
    refuse("same-size-other-root", grown(5, same(1), 5, same(2), []), "Trees of one size are not compared.",
           "same-size-not-compared")
    refuse("same-size-with-path", grown(5, same(1), 5, same(1), [same(2)]),
           "The proof for the same tree is not looked at.", "same-size-path-ignored", "CON-2")
    refuse("greatest-same-size-other-root", grown(LAST, same(1), LAST, same(2), []),
           "Trees of one size are not compared.", "same-size-not-compared")
    refuse("0-other-root", grown(0, same(1), 5, same(2), []), "The root of no leaves is not compared.",
           "nothing-not-compared")
    refuse("0-root-of-zeros", grown(0, ZERO, 5, same(2), []), "The root of no leaves is zeros.",
           "nothing-not-compared empty-root-zero")
    refuse("0-same-root", grown(0, same(2), 5, same(2), []), "The root of no leaves is not compared.",
           "nothing-not-compared")
    refuse("0-with-path", grown(0, EMPTY, 5, same(2), [same(2)]), "The proof from nothing is not looked at.",
           "nothing-path-ignored", "CON-2")
    refuse("0-to-0-other-root", grown(0, same(1), 0, same(1), []), "The root of no leaves is not compared.",
           "nothing-not-compared")
    refuse("0-to-0-other-second", grown(0, EMPTY, 0, same(1), []), "Trees of one size are not compared.",
           "same-size-not-compared")
    for first, size in ((2**32, 2**32 + 1), (LAST - 1, LAST)):
        path, old, new = large_proof(first, size, row_of_hashes())
        refuse(f"{first}-to-{size}-longer", grown(first, old, size, new, [*path, ZERO]),
               "Hashes that are left over are ignored.", "proof-longer-accepted", "CON-2")
    # 3 and 2^32 + 3 have the same last bits.
    hashes = hashes_of(7)
    refuse("from-2-32-more", grown(3 + 2**32, root_of(hashes[:3]), 7, root_of(hashes), proof_of(hashes, 3)),
           "A size is cut to 32 bits.", "sizes-cut-to-u32")
    return g


# Tiles


def tile_name() -> Group:
    g = group("tile-name", "tileName")
    for level, number, width, name, why, kills in (
        (0, 0, 256, "tile/0/000", "The number 0 has one digit.", "number-unpadded"),
        (0, 1, 256, "tile/0/001", "Numbers begin at 1.", "number-unpadded number-from-1"),
        (0, 0, 1, "tile/0/000.p/1", "A width of 1 is left out.", "width-padded width-left-out"),
        (0, 0, 9, "tile/0/000.p/9", "A width has three digits.", "width-padded width-left-out"),
        (0, 0, 16, "tile/0/000.p/16", "A width is hexadecimal.", "width-hexadecimal width-left-out"),
        (0, 0, 255, "tile/0/000.p/255", "A tile of 255 is whole.", "whole-at-255 width-left-out"),
        (1, 42, 256, "tile/1/042", "The level is left out.", "number-unpadded level-left-out"),
        (5, 7, 256, "tile/5/007", "The level has two digits, as in other layouts.", "level-padded"),
        (5, 7, 3, "tile/5/007.p/3", "The level has two digits, as in other layouts.",
         "level-padded width-padded"),
        (0, 999, 256, "tile/0/999", "Every number has two groups.", "two-groups-always"),
        (0, 1000, 256, "tile/0/x001/000", "A group of zeros at the end is dropped.",
         "number-in-one-piece last-group-marked"),
        (0, 1001, 5, "tile/0/x001/001.p/5", "A name with groups has no width.",
         "number-in-one-piece width-left-out"),
        (0, 999999, 256, "tile/0/x999/999", "The last group has a mark too.",
         "last-group-marked number-in-one-piece"),
        (0, 1000000, 256, "tile/0/x001/x000/000", "Only the first group has a mark.",
         "first-group-marked-only number-in-one-piece"),
        (2, 1234067, 256, "tile/2/x001/x234/067", "The groups stand in the other order.",
         "first-group-marked-only groups-reversed number-in-one-piece"),
        (0, 2**32, 256, "tile/0/x004/x294/x967/296", "The number has four bytes.", "tile-number-u32"),
        (0, PAST_SAFE, 256, "tile/0/x009/x007/x199/x254/x740/993", "The number is a floating-point number.",
         "tile-number-float"),
        (0, 2**56 - 1, 255, "tile/0/x072/x057/x594/x037/x927/935.p/255",
         "The number is a floating-point number.",
         "tile-number-float"),
        (0, LAST, 256, "tile/0/x018/x446/x744/x073/x709/x551/615",
         "The number is a signed or floating-point number.",
         "tile-number-float tile-number-signed"),
        ("entries", 0, 256, "tile/entries/000", "Bundles are tiles of the level 0.",
         "entries-as-data number-unpadded"),
        ("entries", 0, 1, "tile/entries/000.p/1", "A bundle is always whole.",
         "entries-as-data width-left-out"),
        ("entries", 1234067, 17, "tile/entries/x001/x234/067.p/17", "Bundles are numbered otherwise.",
         "entries-as-data groups-reversed"),
    ):
        g.ok(slug_of(level, number, width), "output",
             {"level": level, "number": str(number), "width": width}, {"name": name}, clauses="TILE-1",
             why=why,
             kills=kills)
    return g


def slug_of(level: Any, number: int, width: int) -> str:
    return f"{level}-{number}-{width}"


def tile_json(named: Dict[str, bytes]) -> Json:
    return {"tiles": [{"name": name, "bytes": describe(named[name])} for name in sorted(named)]}


def entry_of(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def tiles() -> Group:
    g = group("tiles", "tiles")

    def add(slug: str, data: Sequence[bytes], named: Dict[str, bytes], why: str, kills: str) -> None:
        g.ok(slug, "output", {"leaves": hexes(data)}, tile_json(named), clauses="TILE-1 TILE-2", why=why,
             kills=kills)

    def row(data: Sequence[bytes]) -> bytes:
        return b"".join(map(leaf, data))

    def bundle(data: Sequence[bytes]) -> bytes:
        return b"".join(map(entry_of, data))

    add("no-leaves", [], {}, "A log of no leaves has an empty tile.", "tiles-of-nothing")
    every = "tile-with-count bundle-little-endian bundle-without-lengths tile-of-leaf-data"
    for size in (1, 2, 255):
        data = data_of(size)
        add(f"leaves-{size}", data,
            {f"tile/0/000.p/{size}": row(data), f"tile/entries/000.p/{size}": bundle(data)},
            "Only whole tiles are served.", f"{every} whole-tiles-only tile-filled-up width-left-out")
    lengths = [b"", b"\x00", bytes(range(255)), bytes(256), bytes(range(33))]
    add("lengths", lengths, {"tile/0/000.p/5": row(lengths), "tile/entries/000.p/5": bundle(lengths)},
        "The length of an entry has one byte, or is little-endian.",
        f"{every} bundle-length-u8 tile-filled-up")
    greatest = [bytes(65535)]
    g.ok("greatest-entry", "output", {"leaves": [describe(greatest[0])]},
         tile_json({"tile/0/000.p/1": row(greatest), "tile/entries/000.p/1": bundle(greatest)}),
         clauses="TILE-1 TILE-2", why="The length of an entry is a signed number.",
         kills="bundle-length-u8")
    data = data_of(256)
    top = levels_of(list(map(leaf, data)))[8]
    add("leaves-256", data,
        {"tile/0/000": row(data), "tile/1/000.p/1": top[0], "tile/entries/000": bundle(data)},
        "A whole tile has no hash one level up, or a partial one beside it.",
        f"{every} whole-as-partial level-1-left-out")
    data = data_of(257)
    add("leaves-257", data,
        {"tile/0/000": row(data[:256]), "tile/0/001.p/1": row(data[256:]), "tile/1/000.p/1": top[0],
         "tile/entries/000": bundle(data[:256]), "tile/entries/001.p/1": bundle(data[256:])},
        "A subtree that is not whole has a hash one level up.",
        f"{every} partial-subtrees-up level-1-left-out whole-tiles-only")
    data = data_of(513)
    levels = levels_of(list(map(leaf, data)))
    add("leaves-513", data,
        {"tile/0/000": row(data[:256]), "tile/0/001": row(data[256:512]), "tile/0/002.p/1": row(data[512:]),
         "tile/1/000.p/2": levels[8][0] + levels[8][1],
         "tile/entries/000": bundle(data[:256]), "tile/entries/001": bundle(data[256:512]),
         "tile/entries/002.p/1": bundle(data[512:])},
        "The hash one level up is not that of the subtree.",
        f"{every} level-1-of-concatenation partial-subtrees-up whole-tiles-only")
    return g


FILES: Dict[str, Sequence[Callable[[], Group]]] = {
    "asl-checkpoint-1/texts.json": (encode, decode, decode_refused),
    "asl-checkpoint-1/notes.json": (
        sign, open_taken, open_note_refused, open_refused, open_signature, open_points,
    ),
    "asl-checkpoint-1/keys.json": (format_key, parse_key),
    "asl-checkpoint-1/paths.json": (inclusion, verify_inclusion, consistency, verify_consistency),
    "asl-checkpoint-1/tiles.json": (tile_name, tiles),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
