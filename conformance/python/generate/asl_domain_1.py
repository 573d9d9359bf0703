#!/usr/bin/env python3
"""Writes conformance/vectors/asl-domain-1, or compares it with what is on disk (`--check`)."""

from __future__ import annotations

import hashlib
import sys
from typing import Any, Dict

from vector_file import Group, file_text, main

SPEC = "ASL/DOMAIN/1"

AUTHORITY, NONCE, NONE = "11" * 32, "22" * 32, "00" * 32
RISING = bytes(range(32)).hex()
FALLING = bytes(range(255, 223, -1)).hex()
DEMO_ID = "fed39ed69c337c38805e952ce01bee4e51d85391bf61f28b8c11d76994701655"
ALL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789.-_"


def group(name: str, op: str) -> Group:
    return Group(f"domain.{name}", f"domain.{op}", "0.1.0", "DOM")


def manifest(name: bytes = b"demo", openness: str = "01", version: str = "01000000", length: int = -1,
             authority: str = AUTHORITY, recovery: str = NONE, nonce: str = NONCE) -> str:
    width = len(name) if length < 0 else length
    return version + authority + recovery + f"{width:02x}" + name.hex() + openness + nonce


def fields(name: str = "demo", is_open: bool = True, authority: str = AUTHORITY, recovery: str = NONE,
           nonce: str = NONCE) -> Dict[str, Any]:
    return {"authorityKey": authority, "recoveryKeyHash": recovery, "name": name, "open": is_open,
            "nonce": nonce}


def sha256(data: str) -> str:
    return hashlib.sha256(bytes.fromhex(data)).hexdigest()


DEMO = manifest()


def encode() -> Group:
    g = group("encode", "encodeGenesis")

    def add(slug: str, given: Dict[str, Any], encoded: str, **more: Any) -> None:
        g.ok(slug, "roundtrip", given, {"bytes": encoded, "domainId": sha256(encoded)}, **more)

    g.ok("demo", "roundtrip", fields(), {"bytes": DEMO, "domainId": DEMO_ID}, clauses="MAN-1 ID-1",
         why="The version is written big-endian, a field is left out, or the DomainID is not the plain hash.",
         kills="encode-version-big-endian encode-name-length-u32 id-prefixed")
    add("closed", fields("demo", False), manifest(openness="00"), clauses="MAN-1 MAN-5 ID-1",
        why="Zero is written for open and one for closed.", kills="encode-openness-inverted")
    add("fields-in-order", fields("a", False, RISING, FALLING, sha256("")),
        manifest(b"a", "00", authority=RISING, recovery=FALLING, nonce=sha256("")), clauses="MAN-1",
        why="The two keys, or the recovery key and the nonce, change places.",
        kills="encode-keys-swapped encode-nonce-before-name")
    add("recovery-key", fields(recovery=FALLING), manifest(recovery=FALLING), clauses="MAN-1",
        why="The hash of the recovery key is hashed once more, or left out.",
        kills="encode-recovery-dropped encode-recovery-hashed")
    add("name-1", fields("z"), manifest(b"z"), clauses="MAN-1 MAN-4",
        why="A name of one character is refused.", kills="name-of-one-refused")
    add("name-64", fields("a" * 64), manifest(b"a" * 64), clauses="MAN-1 MAN-4",
        why="The greatest length of a name is taken to be 63.", kills="name-limit-63")
    add("name-all-characters", fields(ALL_CHARACTERS), manifest(ALL_CHARACTERS.encode()), clauses="MAN-4",
        why="A character that is allowed is refused.", kills="name-no-underscore name-no-dot")
    add("name-begins-with-digit", fields("0"), manifest(b"0"), clauses="MAN-4",
        why="A name has to begin with a letter.", kills="name-digit-first-refused")
    add("name-ends-with-sign", fields("a."), manifest(b"a."), clauses="MAN-4",
        why="The rule for the first character is applied to the last one too.",
        kills="name-last-like-first")
    add("same-name-other-domain", fields(nonce="23" + "22" * 31), manifest(nonce="23" + "22" * 31),
        clauses="ID-1 ID-3", why="The DomainID is made from the name, or without the nonce.",
        kills="id-of-name id-without-nonce")
    add("keys-greatest", fields(authority="ff" * 32, recovery="ff" * 32),
        manifest(authority="ff" * 32, recovery="ff" * 32), clauses="MAN-7",
        why="A key that is no point of the curve is refused, or its top bit is masked.",
        kills="key-top-bit-masked key-checked")
    add("keys-zero", fields(authority=NONE), manifest(authority=NONE), clauses="MAN-7",
        why="A zero key is taken for a missing one.", kills="key-zero-refused")
    return g


def encode_refused() -> Group:
    g = group("encode-refused", "encodeGenesis")

    def name(slug: str, text: str, why: str, kills: str) -> None:
        g.reject(slug, fields(text), "DOM.NAME", clauses="MAN-1 MAN-4", why=why, kills=kills)

    name("name-empty", "", "An empty name is written, and no decoder reads it.", "encode-name-unchecked")
    name("name-65", "a" * 65, "A name that is too long is written or cut.", "encode-name-unchecked")
    name("name-capital", "Demo", "A capital is written, or made a small letter.",
         "encode-name-unchecked name-lower-cased")
    return g


def decode() -> Group:
    g = group("decode", "decodeGenesis")

    def add(slug: str, encoded: str, given: Dict[str, Any], **more: Any) -> None:
        g.ok(slug, "roundtrip", {"bytes": encoded}, given, **more)

    add("demo", DEMO, fields(), clauses="MAN-1 MAN-2 MAN-3 MAN-6",
        why="A field is read from the wrong place.", kills="decode-name-length-u32 decode-needs-more")
    add("closed", manifest(openness="00"), fields("demo", False), clauses="MAN-5 MAN-1",
        why="Closed is read as open, or refused.", kills="decode-openness-truthy-text")
    add("name-64", manifest(b"-".rjust(64, b"9")), fields("-".rjust(64, "9")), clauses="MAN-4",
        why="The greatest length of a name is taken to be 63.", kills="name-limit-63")
    add("all-different", manifest(b"x_1.y-2", "00", authority=RISING, recovery=FALLING, nonce=sha256("")),
        fields("x_1.y-2", False, RISING, FALLING, sha256("")), clauses="MAN-1 MAN-7",
        why="Two fields of one width change places.", kills="decode-keys-swapped")
    add("keys-greatest", manifest(authority="ff" * 32, recovery="ff" * 32),
        fields(authority="ff" * 32, recovery="ff" * 32), clauses="MAN-7",
        why="A key that is no point of the curve is refused.", kills="key-checked")
    add("nonce-zero", manifest(nonce=NONE), fields(nonce=NONE), clauses="MAN-1",
        why="A zero nonce is taken for a missing one.", kills="nonce-zero-refused")
    return g


def decode_truncated() -> Group:
    g = group("decode-truncated", "decodeGenesis")
    for at, field in ((0, "version"), (3, "version"), (4, "authority_key"), (35, "authority_key"),
                      (36, "recovery_key_hash"), (67, "recovery_key_hash"), (68, "name_length"), (69, "name"),
                      (72, "name"), (73, "openness"), (74, "nonce"), (105, "nonce")):
        g.reject(f"at-{at}", {"bytes": DEMO[: 2 * at]}, "DOM.TRUNCATED", clauses="MAN-2 MAN-1",
                 why=f"A manifest that ends in `{field}` is taken, or ends in another error.",
                 kills="decode-truncated-accepted")
    return g


def decode_refused() -> Group:
    g = group("decode-refused", "decodeGenesis")

    def version(slug: str, encoded: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": encoded}, "DOM.VERSION", clauses="MAN-3", why=why, kills=kills)

    version("version-0", manifest(version="00000000"), "Every version up to 1 is taken.",
            "version-at-most-one version-unchecked")
    version("version-2", manifest(version="02000000"), "A later version is read as the first.",
            "version-at-least-one version-unchecked")
    version("version-257", manifest(version="01010000"), "One byte of the version is read.", "version-u8")
    version("version-65537", manifest(version="01000100"), "Two bytes of the version are read.",
            "version-u8 version-u16")
    version("version-2-24", manifest(version="00000001"), "The version is read big-endian.",
            "version-big-endian")
    version("order-version-before-truncated", "02000000",
            "The end of the manifest is looked for before the version.", "version-after-length")
    version("order-version-before-name", manifest(b"", version="02000000"),
            "The version is compared after the fields were read.", "version-after-fields")

    def name(slug: str, encoded: str, why: str, kills: str, clauses: str = "MAN-4") -> None:
        g.reject(slug, {"bytes": encoded}, "DOM.NAME", clauses=clauses, why=why, kills=kills)

    name("name-empty", manifest(b""), "An empty name is taken.", "name-empty-accepted")
    name("name-65", manifest(b"a" * 65), "The length of the name is not limited.",
         "name-limit-65 name-unlimited")
    name("name-255", manifest(b"a" * 255), "The length of the name is not limited.", "name-unlimited")
    for slug, text in (("dot", b".a"), ("hyphen", b"-a"), ("underscore", b"_a")):
        name(f"name-begins-with-{slug}", manifest(text), "A sign is taken as the first character.",
             "name-first-unchecked" if slug != "dot" else "name-first-unchecked name-dot-first")
    for slug, text in (("capital", b"deMo"), ("space", b"a b"), ("slash", b"a/b"), ("line-end", b"demo\n"),
                       ("zero", b"a\0"), ("not-ascii", b"a\xc3\xa4"), ("at", b"a@"), ("backtick", b"a`"),
                       ("brace", b"a{"), ("colon", b"a:"), ("delete", b"a\x7f"), ("comma", b"a,b")):
        kills = {"capital": "name-any-case", "line-end": "name-line-end", "not-ascii": "name-unicode"}
        name(f"name-with-{slug}", manifest(text), "A character outside the form is taken.",
             "name-characters-unchecked " + kills.get(slug, ""))
    name("name-begins-with-capital", manifest(b"Demo"), "Capitals are taken.",
         "name-any-case")

    for slug, value in (("2", "02"), ("128", "80"), ("255", "ff")):
        g.reject(f"openness-{slug}", {"bytes": manifest(openness=value)}, "DOM.OPENNESS", clauses="MAN-5",
                 why="Every value but zero, or but one, is taken.", kills="openness-truthy")
    g.reject("trailing-byte", {"bytes": DEMO + "00"}, "DOM.TRAILING", clauses="MAN-6 MAN-1",
             why="What follows the manifest is ignored.", kills="trailing-ignored trailing-zeros-ignored")
    g.reject("trailing-manifest", {"bytes": DEMO + DEMO}, "DOM.TRAILING", clauses="MAN-6",
             why="A second manifest is ignored.", kills="trailing-ignored")
    head = DEMO[: 2 * 68]
    for length in (0, 65, 255):
        name(f"order-name-length-{length}-before-truncated", head + f"{length:02x}",
             "The name is read before its length is checked.",
             "name-length-after-name" if length else "name-empty-accepted", "MAN-2 MAN-4")
    name("order-name-before-truncated", manifest(b"Demo")[: 2 * 73],
         "The fields are checked after all were read.",
         "fields-checked-last", "MAN-2 MAN-4")
    g.reject("order-openness-before-truncated", {"bytes": manifest(openness="02")[: 2 * 75]}, "DOM.OPENNESS",
             clauses="MAN-2 MAN-5", why="The fields are checked after all were read.",
             kills="fields-checked-last")
    g.reject("order-openness-before-trailing", {"bytes": manifest(length=3)}, "DOM.OPENNESS",
             clauses="MAN-5 MAN-1", why="The name is read up to a character that is not of it, or the end is "
             "looked for first.", kills="name-scanned")
    return g


def identity() -> Group:
    g = group("identity", "assertDomain")

    def accept(slug: str, encoded: str, **more: Any) -> None:
        g.ok(slug, "accept", {"bytes": encoded, "domainId": sha256(encoded)}, {}, **more)

    g.ok("demo", "accept", {"bytes": DEMO, "domainId": DEMO_ID}, {}, clauses="ID-1 ID-2 ID-4",
         why="The hash is made over something else than the manifest.", kills="id-prefixed")
    accept("closed", manifest(openness="00"), clauses="ID-1 ID-2",
           why="The hash is made over something else than the manifest.", kills="id-prefixed")

    def refuse(slug: str, encoded: str, domain_id: str, clauses: str, why: str, kills: str) -> None:
        g.reject(slug, {"bytes": encoded, "domainId": domain_id}, "DOM.ID", clauses=clauses, why=why,
                 kills=kills)

    refuse("first-bit", DEMO, "7e" + DEMO_ID[2:], "ID-1 ID-2", "The identity is not compared.",
           "id-unchecked id-last-bytes-only")
    refuse("last-bit", DEMO, DEMO_ID[:-1] + "4", "ID-1 ID-2", "Only the beginning is compared.",
           "id-unchecked id-prefix-only")
    refuse("same-name", manifest(nonce="23" + "22" * 31), DEMO_ID, "ID-2 ID-3",
           "A domain is taken for another with its name.", "id-unchecked id-of-name")
    refuse("opened", manifest(openness="00"), DEMO_ID, "ID-1 ID-2",
           "Openness is not part of the identity.", "id-unchecked id-without-openness")
    refuse("key-top-bit", manifest(authority="11" * 31 + "91"), DEMO_ID, "MAN-7 ID-2",
           "The top bit of a key is masked before the manifest is hashed.", "key-top-bit-masked")
    refuse("order-id-before-form", manifest(version="02000000"), DEMO_ID, "ID-2 MAN-3",
           "The manifest is decoded before it is known to be the one.", "id-unchecked id-after-form")
    refuse("order-id-before-end", "", DEMO_ID, "ID-2 MAN-2",
           "The manifest is decoded before it is known to be the one.",
           "id-unchecked id-after-form")
    later = manifest(version="02000000")
    g.reject("form-of-the-named", {"bytes": later, "domainId": sha256(later)}, "DOM.VERSION",
             clauses="ID-2 MAN-3",
             why="What hashes to the DomainID is not decoded.", kills="id-form-unchecked version-unchecked")
    refuse("zero", DEMO, NONE, "ID-4 ID-2", "The zero DomainID is taken for any domain.",
           "id-zero-accepted id-unchecked")
    return g


FILES = {
    "asl-domain-1/manifest.json": (encode, encode_refused, decode, decode_truncated, decode_refused),
    "asl-domain-1/identity.json": (identity,),
}

if __name__ == "__main__":
    texts = {name: file_text(SPEC, [make() for make in makers]) for name, makers in FILES.items()}
    sys.exit(main(texts, sys.argv[1:]))
