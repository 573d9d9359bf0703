"""Ed25519 (RFC 8032 §5.1), plain and not in constant time; what is valid is as ASL/CHECKPOINT/1 §4.1 has it."""

from __future__ import annotations

import hashlib
from typing import NamedTuple, Optional, Tuple

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
KEY_LENGTH, SIGNATURE_LENGTH = 32, 64


class Point(NamedTuple):
    """Extended coordinates: x = X / Z, y = Y / Z, x * y = T / Z."""

    X: int
    Y: int
    Z: int
    T: int


NEUTRAL = Point(0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    minus, plus = (a.Y - a.X) * (b.Y - b.X) % P, (a.Y + a.X) * (b.Y + b.X) % P
    c, d = 2 * a.T * b.T * D % P, 2 * a.Z * b.Z % P
    e, f, g, h = plus - minus, d - c, d + c, plus + minus
    return Point(e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(factor: int, point: Point) -> Point:
    result = NEUTRAL
    while factor > 0:
        if factor & 1:
            result = _add(result, point)
        point = _add(point, point)
        factor >>= 1
    return result


def _same(a: Point, b: Point) -> bool:
    return (a.X * b.Z - b.X * a.Z) % P == 0 and (a.Y * b.Z - b.Y * a.Z) % P == 0


def _x_of(y: int, sign: int) -> Optional[int]:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0:
        return None
    if x == 0 and sign == 1:
        return None  # zero has no sign: not the canonical encoding
    return P - x if x & 1 != sign else x


def encode_point(point: Point) -> bytes:
    inverse = pow(point.Z, P - 2, P)
    x, y = point.X * inverse % P, point.Y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode_point(data: bytes) -> Optional[Point]:
    """The point of a canonical encoding, or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    x = _x_of(y, sign)
    return None if x is None else Point(x, y, 1, x * y % P)


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    x = _x_of(y, 0)
    assert x is not None
    return Point(x, y, 1, x * y % P)


BASE = _base()


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _secret(seed: bytes) -> Tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
    return scalar, digest[32:]


def public_key(seed: bytes) -> bytes:
    return encode_point(_multiply(_secret(seed)[0], BASE))


def sign(seed: bytes, message: bytes) -> bytes:
    scalar, prefix = _secret(seed)
    key = encode_point(_multiply(scalar, BASE))
    r = _hash(prefix, message) % ORDER
    commitment = encode_point(_multiply(r, BASE))
    s = (r + _hash(commitment, key, message) * scalar) % ORDER
    return commitment + s.to_bytes(32, "little")


def _times_8(point: Point) -> Point:
    return _multiply(8, point)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(signature) != SIGNATURE_LENGTH:
        return False  # [HEAD-NOTE-6]
    point, commitment = decode_point(key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if point is None or commitment is None or s >= ORDER:
        return False  # [HEAD-NOTE-8] [HEAD-NOTE-9]
    if _same(_times_8(point), NEUTRAL):
        return False  # [HEAD-NOTE-10]
    challenge = _hash(signature[:32], key, message)
    expected = _add(commitment, _multiply(challenge, point))
    return _same(_times_8(_multiply(s, BASE)), _times_8(expected))  # [HEAD-NOTE-11]
