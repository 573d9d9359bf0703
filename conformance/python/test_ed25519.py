"""Ed25519 against the vectors of RFC 8032 §7.1, and against encodings that it does not allow."""

from __future__ import annotations

import hashlib
import unittest

from amduat import ed25519

# seed, public key, message, signature
PUBLISHED = (
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
)

KEY, MESSAGE = bytes.fromhex(PUBLISHED[2][1]), bytes.fromhex(PUBLISHED[2][2])
SIGNATURE = bytes.fromhex(PUBLISHED[2][3])
NEUTRAL = (1).to_bytes(32, "little")


def little(number: int) -> bytes:
    return number.to_bytes(32, "little")


class Ed25519Test(unittest.TestCase):
    def test_published_keys_and_signatures(self) -> None:
        for seed, key, message, signature in PUBLISHED:
            with self.subTest(key=key):
                self.assertEqual(ed25519.public_key(bytes.fromhex(seed)).hex(), key)
                self.assertEqual(ed25519.sign(bytes.fromhex(seed), bytes.fromhex(message)).hex(), signature)
                self.assertTrue(
                    ed25519.verify(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))
                )

    def test_every_changed_byte_is_refused(self) -> None:
        for at in range(64):
            with self.subTest(at=at):
                changed = SIGNATURE[:at] + bytes([SIGNATURE[at] ^ 1]) + SIGNATURE[at + 1 :]
                self.assertFalse(ed25519.verify(KEY, MESSAGE, changed))
        self.assertFalse(ed25519.verify(KEY, MESSAGE + b"\0", SIGNATURE))
        self.assertFalse(ed25519.verify(bytes.fromhex(PUBLISHED[1][1]), MESSAGE, SIGNATURE))

    def test_lengths(self) -> None:
        for signature in (b"", SIGNATURE[:63], SIGNATURE + b"\0"):
            with self.subTest(length=len(signature)):
                self.assertFalse(ed25519.verify(KEY, MESSAGE, signature))

    def test_s_is_below_the_order(self) -> None:
        s = int.from_bytes(SIGNATURE[32:], "little") + ed25519.ORDER
        self.assertFalse(ed25519.verify(KEY, MESSAGE, SIGNATURE[:32] + little(s)))

    def test_encodings_of_points(self) -> None:
        self.assertEqual(ed25519.decode_point(NEUTRAL), ed25519.NEUTRAL)
        for name, data in {
            "y = p": little(ed25519.P),
            "y = p + 1, the neutral element": little(ed25519.P + 1),
            "y = 2^255 - 1": little(2**255 - 1),
            "zero with a sign": little(1 | 1 << 255),
            "zero with a sign, y = -1": little(ed25519.P - 1 | 1 << 255),
            "no point": little(2),
        }.items():
            with self.subTest(name):
                self.assertIsNone(ed25519.decode_point(data))

    def test_parts_of_small_order(self) -> None:
        """A point of order 2 aside is not seen by the equation with the factor 8; a key that is no more is refused."""
        least = ed25519.decode_point(little(ed25519.P - 1))
        assert least is not None
        self.assertEqual(ed25519.encode_point(ed25519._add(least, least)), NEUTRAL)
        for key in (NEUTRAL, little(ed25519.P - 1)):
            commitment = ed25519.encode_point(ed25519.BASE)
            self.assertFalse(ed25519.verify(key, MESSAGE, commitment + little(1)))
        scalar = ed25519._secret(bytes.fromhex(PUBLISHED[2][0]))[0]
        commitment = ed25519.encode_point(ed25519._add(ed25519.BASE, least))
        s = (1 + ed25519._hash(commitment, KEY, MESSAGE) * scalar) % ed25519.ORDER
        self.assertTrue(ed25519.verify(KEY, MESSAGE, commitment + little(s)))


if __name__ == "__main__":
    unittest.main()
