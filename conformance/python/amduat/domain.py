"""ASL/DOMAIN/1: manifests and DomainIDs. The identifiers in brackets are clauses of the specification."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from .errors import SpecError

VERSION = 1
NAME_LIMIT = 64
LETTERS_AND_DIGITS = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789")
NAME_CHARACTERS = LETTERS_AND_DIGITS | frozenset(b".-_")
OPENNESS = {0: False, 1: True}
NO_DOMAIN = bytes(32)


class Genesis(NamedTuple):
    """The keys are opaque: nothing asks whether they are points of the curve [DOM-MAN-7]."""

    authority_key: bytes
    recovery_key_hash: bytes
    name: bytes
    open: bool
    nonce: bytes


def _check_name(name: bytes) -> None:
    if not 1 <= len(name) <= NAME_LIMIT:
        raise SpecError("DOM.NAME")  # [DOM-MAN-4]
    if name[0] not in LETTERS_AND_DIGITS or not NAME_CHARACTERS.issuperset(name):
        raise SpecError("DOM.NAME")  # [DOM-MAN-4]


def encode_genesis(genesis: Genesis) -> bytes:
    _check_name(genesis.name)
    return b"".join((  # [DOM-MAN-1]
        VERSION.to_bytes(4, "little"),
        genesis.authority_key,
        genesis.recovery_key_hash,
        bytes([len(genesis.name)]),
        genesis.name,
        bytes([1 if genesis.open else 0]),
        genesis.nonce,
    ))


def domain_id(manifest: bytes) -> bytes:
    return hashlib.sha256(manifest).digest()  # [DOM-ID-1]


class _Fields:
    """Takes the fields of a manifest in order."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, width: int) -> bytes:
        if len(self.data) - self.at < width:
            raise SpecError("DOM.TRUNCATED", self.at)  # [DOM-MAN-2]
        self.at += width
        return self.data[self.at - width : self.at]


def decode_genesis(data: bytes) -> Genesis:
    fields = _Fields(data)
    if int.from_bytes(fields.take(4), "little") != VERSION:
        raise SpecError("DOM.VERSION", 0)  # [DOM-MAN-3]
    authority_key, recovery_key_hash = fields.take(32), fields.take(32)
    length = fields.take(1)[0]
    if not 1 <= length <= NAME_LIMIT:
        raise SpecError("DOM.NAME", 68)  # [DOM-MAN-4]
    name = fields.take(length)
    _check_name(name)
    openness = fields.take(1)[0]
    if openness not in OPENNESS:
        raise SpecError("DOM.OPENNESS", fields.at - 1)  # [DOM-MAN-5]
    nonce = fields.take(32)
    if fields.at < len(data):
        raise SpecError("DOM.TRAILING", fields.at)  # [DOM-MAN-6]
    return Genesis(authority_key, recovery_key_hash, name, OPENNESS[openness], nonce)


def assert_domain(manifest: bytes, expected: bytes) -> Genesis:
    if expected == NO_DOMAIN:
        raise SpecError("DOM.ID")  # [DOM-ID-4]
    if domain_id(manifest) != expected:
        raise SpecError("DOM.ID")  # [DOM-ID-2]
    return decode_genesis(manifest)  # the name is never looked at [DOM-ID-3]


def check_secret(open_domain: bool, given: bool) -> None:
    if not open_domain and not given:  # an open domain has none [DOM-SEC-2]
        raise SpecError("DOM.SECRET")  # [DOM-SEC-1] [DOM-SEC-3]
