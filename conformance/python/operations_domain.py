"""The operations of ASL/DOMAIN/1."""

from __future__ import annotations

from typing import Any, Callable, Dict

from amduat import domain
from recipe import to_bytes

Json = Dict[str, Any]


def encode_genesis(given: Json) -> Json:
    manifest = domain.encode_genesis(domain.Genesis(
        to_bytes(given["authorityKey"]),
        to_bytes(given["recoveryKeyHash"]),
        given["name"].encode("utf-8"),
        given["open"],
        to_bytes(given["nonce"]),
    ))
    return {"bytes": manifest.hex(), "domainId": domain.domain_id(manifest).hex()}


def decode_genesis(given: Json) -> Json:
    genesis = domain.decode_genesis(to_bytes(given["bytes"]))
    return {
        "authorityKey": genesis.authority_key.hex(),
        "recoveryKeyHash": genesis.recovery_key_hash.hex(),
        "name": genesis.name.decode("ascii"),
        "open": genesis.open,
        "nonce": genesis.nonce.hex(),
    }


def assert_domain(given: Json) -> Json:
    domain.assert_domain(to_bytes(given["bytes"]), to_bytes(given["domainId"]))
    return {}


OPERATIONS: Dict[str, Callable[[Json], Json]] = {
    "domain.encodeGenesis": encode_genesis,
    "domain.decodeGenesis": decode_genesis,
    "domain.assertDomain": assert_domain,
}

INVERSES: Dict[str, Callable[[Json], Json]] = {
    "domain.encodeGenesis": lambda ok: decode_genesis({"bytes": ok["bytes"]}),
    "domain.decodeGenesis": lambda ok: {"bytes": encode_genesis(ok)["bytes"]},
}
