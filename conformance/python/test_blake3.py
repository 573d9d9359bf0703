"""BLAKE3 against the vectors its authors publish: inputs are the bytes 0 to 250, repeated."""

from __future__ import annotations

import unittest

from amduat.blake3 import Blake3

PUBLISHED = {
    0: "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    1: "2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213",
    1023: "10108970eeda3eb932baac1428c7a2163b0e924c9a9e25b35bba72b28f70bd11",
    1024: "42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7",
    1025: "d00278ae47eb27b34faecf67b4fe263f82d5412916c1ffd97c8cb7fb814b8444",
    2048: "e776b6028c7cd22a4d0ba182a8bf62205d2ef576467e838ed6f2529b85fba24a",
    2049: "5f4d72f40d7a5f82b15ca2b2e44b1de3c2ef86c426c95c1af0b6879522563030",
    3072: "b98cb0ff3623be03326b373de6b9095218513e64f1ee2edd2525c7ad1e5cffd2",
    3073: "7124b49501012f81cc7f11ca069ec9226cecb8a2c850cfe644e327d22d3e1cd3",
    4097: "9b4052b38f1c5fc8b1f9ff7ac7b27cd242487b3d890d15c96a1c25b8aa0fb995",
    7169: "a003fc7a51754a9b3c7fae0367ab3d782dccf28855a03d435f8cfe74605e7817",
}


def published_input(length: int) -> bytes:
    return bytes(i % 251 for i in range(length))


class Blake3Test(unittest.TestCase):
    def test_published_digests(self) -> None:
        for length, digest in PUBLISHED.items():
            with self.subTest(length=length):
                self.assertEqual(Blake3(published_input(length)).digest().hex(), digest)

    def test_division_of_the_input_has_no_influence(self) -> None:
        data = published_input(7169)
        for width in (1, 63, 64, 1000, 1024, 1025):
            with self.subTest(width=width):
                state = Blake3()
                for at in range(0, len(data), width):
                    state.update(data[at : at + width])
                self.assertEqual(state.digest().hex(), PUBLISHED[7169])


if __name__ == "__main__":
    unittest.main()
