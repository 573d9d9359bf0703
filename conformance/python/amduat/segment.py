"""ENC/ASL-CORE-INDEX/1: bytes of a segment. The identifiers in brackets are clauses of the specification."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from . import core, tree
from .errors import SpecError
from .index import NO_DOMAIN, Record

PAGE = 4096
MAGIC, VERSION, HEADER_LENGTH = b"ASLSEG01", 1, 128
FOOTER_MAGIC, FOOTER_LENGTH = b"ASLSEGND", 16
RECORD_LENGTH, EXTENT_LENGTH, ID_LENGTH = 64, 16, 32
RECORD_LIMIT, EXTENT_LIMIT, DOMAIN_LIMIT = 2**24 - 1, 2**28, 65535
SLICE_LIMIT = 2**32 - 1
TOMBSTONE, MULTI_EXTENT = 1, 2

BLOOM_MINIMUM, BLOOM_KEYS, BLOOM_BLOCK = 64, 24, 32
SALTS = (
    0x47B6137B, 0x44974D91, 0x8824AD5B, 0xA2B7289D, 0x705495C7, 0x2DF1424B, 0x9EFC4947, 0x5C6BFB31,
)  # fmt: skip


def _read(data: bytes, at: int, width: int) -> int:
    return int.from_bytes(data[at : at + width], "little")


# Layout


class Header(NamedTuple):
    hash_id: int
    record_count: int
    extent_count: int
    block_count: int
    domain_count: int
    first_digest: bytes
    last_digest: bytes


class Layout:
    """Where the sections stand: each directly after the one before, the records at a page [SEG-FILE-1]."""

    def __init__(self, header: Header) -> None:
        n = header.record_count
        self.bloom = HEADER_LENGTH
        self.fan_out = self.bloom + BLOOM_BLOCK * _bloom_blocks(n)
        self.padding = self.fan_out + 4 * (2 ** _bucket_bits(n) + 1)
        self.records = -(-self.padding // PAGE) * PAGE
        self.extents = self.records + RECORD_LENGTH * n
        self.blocks = self.extents + EXTENT_LENGTH * header.extent_count
        self.domains = self.blocks + ID_LENGTH * header.block_count
        self.footer = self.domains + ID_LENGTH * header.domain_count
        self.length = self.footer + FOOTER_LENGTH


def encode_header(header: Header) -> bytes:
    counts = (header.record_count, header.extent_count, header.block_count, header.domain_count)
    return b"".join((
        MAGIC,
        VERSION.to_bytes(4, "little"),
        HEADER_LENGTH.to_bytes(4, "little"),
        bytes(8),
        header.hash_id.to_bytes(2, "little"),
        bytes(2),
        *(count.to_bytes(4, "little") for count in counts),
        bytes(4),
        header.first_digest,
        header.last_digest,
        bytes(16),
    ))


def decode_header(data: bytes) -> Header:
    """The header but for [SEG-HDR-9], which needs the records."""
    if len(data) < HEADER_LENGTH:
        raise SpecError("SEG.TRUNCATED")  # [SEG-HDR-1]
    if data[:8] != MAGIC:
        raise SpecError("SEG.MAGIC", 0)  # [SEG-HDR-2]
    if _read(data, 8, 4) != VERSION:
        raise SpecError("SEG.VERSION", 8)  # [SEG-HDR-3]
    if _read(data, 12, 4) != HEADER_LENGTH:
        raise SpecError("SEG.HEADER_SIZE", 12)  # [SEG-HDR-4]
    if _read(data, 16, 8) != 0:
        raise SpecError("SEG.FLAGS", 16)  # [SEG-HDR-5]
    if _read(data, 24, 2) not in core.REGISTRY:
        raise SpecError("SEG.HASH_ID", 24)  # [SEG-HDR-6]
    if any(data[26:28]) or any(data[44:48]) or any(data[112:128]):
        raise SpecError("SEG.RESERVED")  # [SEG-HDR-7]
    header = Header(
        _read(data, 24, 2), _read(data, 28, 4), _read(data, 32, 4), _read(data, 36, 4), _read(data, 40, 4),
        data[48:80], data[80:112],
    )  # fmt: skip
    n = header.record_count
    if (
        not 1 <= n <= RECORD_LIMIT
        or header.extent_count > EXTENT_LIMIT
        or header.block_count > n + header.extent_count
        or header.domain_count > min(DOMAIN_LIMIT, 2 * n)
    ):
        raise SpecError("SEG.COUNT")  # [SEG-HDR-8]
    return header


# Filter


def _bloom_blocks(n: int) -> int:
    if n < BLOOM_MINIMUM:
        return 0  # [SEG-BLM-1]
    return max(1, -(-n // BLOOM_KEYS))


def _bloom_masks(digest: bytes, blocks: int) -> Tuple[int, List[int]]:
    """The block of a digest, and for each of its words the word with the digest's bit."""
    h = _read(digest, 24, 8)
    low = h & 0xFFFFFFFF
    return ((h >> 32) * blocks) >> 32, [1 << ((low * salt & 0xFFFFFFFF) >> 27) for salt in SALTS]


def _bloom(digests: Sequence[bytes]) -> bytes:
    blocks = _bloom_blocks(len(digests))
    words = [0] * (8 * blocks)
    if blocks:
        for digest in digests:  # those of tombstones too [SEG-BLM-2]
            block, masks = _bloom_masks(digest, blocks)
            for i, mask in enumerate(masks):
                words[8 * block + i] |= mask
    return b"".join(word.to_bytes(4, "little") for word in words)


def _bloom_has(bloom_block: bytes, masks: Sequence[int]) -> bool:
    return all(_read(bloom_block, 4 * i, 4) & mask for i, mask in enumerate(masks))


# Fan-out


def _bucket_bits(n: int) -> int:
    return max(0, n.bit_length() - 2)


def _common_bits(first: bytes, last: bytes) -> int:
    return 256 - (int.from_bytes(first, "big") ^ int.from_bytes(last, "big")).bit_length()


def _bucket(digest: bytes, common: int, bits: int) -> int:
    if bits == 0:
        return 0
    return int.from_bytes(digest, "big") >> (256 - common - bits) & (2**bits - 1)


def _fan_out(digests: Sequence[bytes]) -> List[int]:
    bits, common = _bucket_bits(len(digests)), _common_bits(digests[0], digests[-1])
    entries = [0] * (2**bits + 1)
    for digest in digests:
        entries[_bucket(digest, common, bits) + 1] += 1
    for i in range(2**bits):
        entries[i + 1] += entries[i]
    return entries  # [SEG-FAN-1]


# Identity


def page_hashes(data: bytes) -> List[bytes]:
    return [tree.leaf_hash(data[at : at + PAGE]) for at in range(0, len(data), PAGE)]


def segment_id(data: bytes) -> bytes:
    return tree.root_hash(page_hashes(data))  # [SEG-ID-1]


# Encoding


def _encode_record(
    record: Record, extents_before: int, blocks: Sequence[bytes], domains: Sequence[bytes]
) -> bytes:
    block = offset = length = flags = 0
    if record.tombstone:
        flags = TOMBSTONE  # [SEG-REC-7]
    elif len(record.extents) == 1:
        extent = record.extents[0]
        block, offset, length = blocks.index(extent.block), extent.offset, extent.length
    else:
        flags, block, offset = MULTI_EXTENT, extents_before, len(record.extents)  # [SEG-REC-10]
    return b"".join((
        record.key[2:],
        record.logseq.to_bytes(8, "little"),
        *(value.to_bytes(4, "little") for value in (block, offset, length, record.type_tag or 0)),
        bytes([0 if record.type_tag is None else 1, flags, 1 if record.published else 0, 0]),
        *(
            (0 if domain == NO_DOMAIN else domains.index(domain) + 1).to_bytes(2, "little")
            for domain in (record.domain, record.source)
        ),
    ))


def _encode_extent(extent: core.Extent, blocks: Sequence[bytes]) -> bytes:
    fields = (blocks.index(extent.block), extent.offset, extent.length, 0)
    return b"".join(value.to_bytes(4, "little") for value in fields)


def encode_segment(given: Sequence[Record]) -> bytes:
    records = sorted(given, key=lambda record: record.key)  # [SEG-FILE-4]
    if not 1 <= len(records) <= RECORD_LIMIT:
        raise SpecError("SEG.COUNT")  # [SEG-SET-1]
    if any(left.key == right.key for left, right in zip(records, records[1:])):
        raise SpecError("SEG.ORDER")  # [SEG-SET-2]
    if len({record.key[:2] for record in records}) > 1:
        raise SpecError("SEG.HASH_ID")  # [SEG-SET-2]
    if len({record.logseq == 0 for record in records}) > 1:
        raise SpecError("SEG.LOGSEQ")  # [SEG-SET-4]
    blocks = sorted({extent.block for record in records for extent in record.extents})
    named = {domain for record in records for domain in (record.domain, record.source)}
    domains = sorted(named - {NO_DOMAIN})
    digests = [record.key[2:] for record in records]
    body = extents = b""
    for record in records:
        body += _encode_record(record, len(extents) // EXTENT_LENGTH, blocks, domains)
        if len(record.extents) > 1:
            extents += b"".join(_encode_extent(extent, blocks) for extent in record.extents)
    header = Header(
        int.from_bytes(records[0].key[:2], "big"), len(records), len(extents) // EXTENT_LENGTH, len(blocks),
        len(domains), digests[0], digests[-1],
    )  # fmt: skip
    layout = Layout(header)
    start = encode_header(header) + _bloom(digests)
    start += b"".join(entry.to_bytes(4, "little") for entry in _fan_out(digests))
    footer = layout.length.to_bytes(8, "little") + FOOTER_MAGIC  # [SEG-FTR-1]
    return b"".join((start.ljust(layout.records, b"\0"), body, extents, *blocks, *domains, footer))


# Decoding a whole file


class _Tables(NamedTuple):
    blocks: Sequence[bytes]
    domains: Sequence[bytes]


def _table(data: bytes, at: int, count: int) -> List[bytes]:
    entries = [data[start : start + ID_LENGTH] for start in range(at, at + count * ID_LENGTH, ID_LENGTH)]
    if any(left >= right for left, right in zip(entries, entries[1:])):
        raise SpecError("SEG.TABLE.ORDER", at)  # [SEG-TAB-1]
    return entries


def _check_slice(block: int, offset: int, length: int, tables: _Tables) -> None:
    if block >= len(tables.blocks) or offset + length > SLICE_LIMIT:
        raise SpecError("SEG.RECORD.BLOCK")  # [SEG-REC-8] [SEG-EXT-2]


def _decode_extent(raw: bytes, tables: _Tables) -> core.Extent:
    block, offset, length = (_read(raw, at, 4) for at in (0, 4, 8))
    _check_slice(block, offset, length, tables)
    if length == 0:
        raise SpecError("SEG.EXTENT.EMPTY")  # [SEG-EXT-3]
    if any(raw[12:16]):
        raise SpecError("SEG.RESERVED")  # [SEG-HDR-7]
    return core.Extent(tables.blocks[block], offset, length)


def _domain(ordinal: int, tables: _Tables) -> bytes:
    return NO_DOMAIN if ordinal == 0 else tables.domains[ordinal - 1]


class _Raw(NamedTuple):
    """An IndexRecord with its fields as they stand."""

    digest: bytes
    logseq: int
    block: int
    offset: int
    length: int
    type_tag: int
    has_type_tag: int
    flags: int
    visibility: int
    reserved: int
    domain: int
    source: int


def _raw(data: bytes) -> _Raw:
    widths = (8, 4, 4, 4, 4, 1, 1, 1, 1, 2, 2)
    values, at = [], 32
    for width in widths:
        values.append(_read(data, at, width))
        at += width
    return _Raw(data[:32], *values)


def _check_fields(raw: _Raw, tables: _Tables) -> None:
    if raw.flags > MULTI_EXTENT:
        raise SpecError("SEG.RECORD.FLAGS")  # [SEG-REC-3]
    if raw.has_type_tag > 1 or (raw.has_type_tag == 0 and raw.type_tag != 0):
        raise SpecError("SEG.RECORD.TAG")  # [SEG-REC-4]
    if raw.visibility > 1:
        raise SpecError("SEG.RECORD.VISIBILITY")  # [SEG-REC-5]
    if raw.reserved != 0:
        raise SpecError("SEG.RESERVED")  # [SEG-HDR-7]
    if max(raw.domain, raw.source) > len(tables.domains):
        raise SpecError("SEG.RECORD.DOMAIN")  # [SEG-REC-6]


# Reads the bytes of some ExtentRecords, given the number of the first and how many.
ReadExtents = Callable[[int, int], bytes]


def _location(raw: _Raw, tables: _Tables, read_extents: ReadExtents) -> Tuple[core.Extent, ...]:
    if raw.flags == TOMBSTONE:
        if raw.block or raw.offset or raw.length or raw.type_tag or raw.has_type_tag:
            raise SpecError("SEG.RECORD.TOMBSTONE")  # [SEG-REC-7]
        return ()
    if raw.flags == MULTI_EXTENT:
        data = read_extents(raw.block, raw.offset)
        return tuple(
            _decode_extent(data[at : at + EXTENT_LENGTH], tables) for at in range(0, len(data), EXTENT_LENGTH)
        )
    _check_slice(raw.block, raw.offset, raw.length, tables)
    extent = core.Extent(tables.blocks[raw.block], raw.offset, raw.length)
    if raw.length == 0 and extent != core.EMPTY:
        raise SpecError("SEG.EXTENT.EMPTY")  # [SEG-REC-9]
    return (extent,)


def _record(hash_id: int, raw: _Raw, tables: _Tables, read_extents: ReadExtents) -> Record:
    _check_fields(raw, tables)
    return Record(
        key=core.encode_reference(core.Reference(hash_id, raw.digest)),
        logseq=raw.logseq,
        tombstone=raw.flags == TOMBSTONE,
        extents=_location(raw, tables, read_extents),
        type_tag=raw.type_tag if raw.has_type_tag else None,
        published=raw.visibility == 1,
        domain=_domain(raw.domain, tables),
        source=_domain(raw.source, tables),
    )


class _Extents:
    """The ExtentRecords of a file, which belong to the records in their order."""

    def __init__(self, data: bytes, start: int, count: int) -> None:
        self.data, self.start, self.count, self.used = data, start, count, 0

    def take(self, raw: _Raw) -> ReadExtents:
        def read(first: int, count: int) -> bytes:
            if raw.length or count < 2 or first != self.used or count > self.count - self.used:
                raise SpecError("SEG.RECORD.EXTENTS")  # [SEG-REC-10]
            self.used += count
            at = self.start + first * EXTENT_LENGTH
            return self.data[at : at + count * EXTENT_LENGTH]

        return read


def _decode_records(data: bytes, header: Header, layout: Layout, tables: _Tables) -> List[Record]:
    extents = _Extents(data, layout.extents, header.extent_count)
    records: List[Record] = []
    for at in range(layout.records, layout.extents, RECORD_LENGTH):
        raw = _raw(data[at : at + RECORD_LENGTH])
        if records and records[-1].key[2:] >= raw.digest:
            raise SpecError("SEG.ORDER", at)  # [SEG-REC-1]
        if records and (records[0].logseq == 0) != (raw.logseq == 0):
            raise SpecError("SEG.LOGSEQ", at)  # [SEG-REC-2]
        records.append(_record(header.hash_id, raw, tables, extents.take(raw)))
    if extents.used != header.extent_count:
        raise SpecError("SEG.RECORD.EXTENTS", layout.extents)  # [SEG-EXT-1]
    return records


def _check_used(records: Sequence[Record], tables: _Tables) -> None:
    blocks = {extent.block for record in records for extent in record.extents}
    domains = {domain for record in records for domain in (record.domain, record.source)}
    if not blocks.issuperset(tables.blocks) or not domains.issuperset(tables.domains):
        raise SpecError("SEG.TABLE.UNUSED")  # [SEG-TAB-2]


def decode_segment(data: bytes, expected: Optional[bytes] = None) -> List[Record]:
    if expected is not None and segment_id(data) != expected:
        raise SpecError("SEG.DIGEST")  # [SEG-ID-2]
    header = decode_header(data)
    layout = Layout(header)
    if len(data) != layout.length:  # before anything is made in proportion to a count [SEG-LIM-1]
        raise SpecError("SEG.LENGTH")  # [SEG-FILE-3]
    if data[layout.footer :] != layout.length.to_bytes(8, "little") + FOOTER_MAGIC:
        raise SpecError("SEG.FOOTER", layout.footer)  # [SEG-FTR-1]
    if any(data[layout.padding : layout.records]):
        raise SpecError("SEG.PADDING", layout.padding)  # [SEG-FILE-2]
    tables = _Tables(
        _table(data, layout.blocks, header.block_count), _table(data, layout.domains, header.domain_count)
    )
    if NO_DOMAIN in tables.domains:
        raise SpecError("SEG.TABLE.ZERO", layout.domains)  # [SEG-TAB-3]
    records = _decode_records(data, header, layout, tables)
    _check_used(records, tables)
    digests = [record.key[2:] for record in records]
    if (header.first_digest, header.last_digest) != (digests[0], digests[-1]):
        raise SpecError("SEG.RANGE", 48)  # [SEG-HDR-9]
    entries = [_read(data, at, 4) for at in range(layout.fan_out, layout.padding, 4)]
    if entries != _fan_out(digests):
        raise SpecError("SEG.FANOUT", layout.fan_out)  # [SEG-FAN-2]
    if data[layout.bloom : layout.fan_out] != _bloom(digests):
        raise SpecError("SEG.BLOOM", layout.bloom)  # [SEG-BLM-2]
    return records


# Lookup by positioned reads


class Pages:
    """Positioned reads; every page is checked against hashes that hash to the SegmentID [SEG-ID-3]."""

    def __init__(self, data: bytes, hashes: Sequence[bytes], expected: bytes) -> None:
        if tree.root_hash(hashes) != expected:
            raise SpecError("SEG.DIGEST")
        self.data, self.hashes = data, hashes

    def read(self, at: int, count: int) -> bytes:
        for page in range(at // PAGE, (at + count - 1) // PAGE + 1):
            if tree.leaf_hash(self.data[page * PAGE : (page + 1) * PAGE]) != self.hashes[page]:
                raise SpecError("SEG.DIGEST", page * PAGE)
        return self.data[at : at + count]


def _find(pages: Pages, header: Header, layout: Layout, digest: bytes) -> Optional[_Raw]:
    bits = _bucket_bits(header.record_count)
    bucket = _bucket(digest, _common_bits(header.first_digest, header.last_digest), bits)
    entries = pages.read(layout.fan_out + 4 * bucket, 8)
    low, high = _read(entries, 0, 4), _read(entries, 4, 4)
    if not low <= high <= header.record_count:
        raise SpecError("SEG.FANOUT", layout.fan_out + 4 * bucket)  # [SEG-FAN-3]
    for i in range(low, high):
        raw = _raw(pages.read(layout.records + RECORD_LENGTH * i, RECORD_LENGTH))
        if raw.digest == digest:
            return raw
    return None


def _may_contain(pages: Pages, header: Header, layout: Layout, digest: bytes) -> bool:
    blocks = _bloom_blocks(header.record_count)
    if not blocks:
        return True
    block, masks = _bloom_masks(digest, blocks)
    return _bloom_has(pages.read(layout.bloom + BLOOM_BLOCK * block, BLOOM_BLOCK), masks)


def _open(data: bytes, hashes: Sequence[bytes], expected: bytes) -> Tuple[Pages, Header, Layout]:
    pages = Pages(data, hashes, expected)
    header = decode_header(pages.read(0, min(len(data), HEADER_LENGTH)))
    layout = Layout(header)
    if len(data) != layout.length:
        raise SpecError("SEG.LENGTH")  # [SEG-FILE-3]
    common = _common_bits(header.first_digest, header.last_digest)
    if header.first_digest > header.last_digest or common + _bucket_bits(header.record_count) > 256:
        raise SpecError("SEG.RANGE", 48)  # [SEG-HDR-9]
    return pages, header, layout


def lookup(data: bytes, hashes: Sequence[bytes], expected: bytes, key: bytes) -> Optional[Record]:
    pages, header, layout = _open(data, hashes, expected)
    reference = core.decode_reference(key)
    digest = reference.digest
    if reference.hash_id != header.hash_id or not header.first_digest <= digest <= header.last_digest:
        return None
    if not _may_contain(pages, header, layout, digest):  # [SEG-BLM-3]
        return None
    raw = _find(pages, header, layout, digest)
    if raw is None:
        return None
    tables = _Tables(
        [pages.read(layout.blocks + ID_LENGTH * i, ID_LENGTH) for i in range(header.block_count)],
        [pages.read(layout.domains + ID_LENGTH * i, ID_LENGTH) for i in range(header.domain_count)],
    )

    def read_extents(first: int, count: int) -> bytes:
        if raw.length or count < 2 or first + count > header.extent_count:
            raise SpecError("SEG.RECORD.EXTENTS")  # [SEG-REC-10]
        return pages.read(layout.extents + EXTENT_LENGTH * first, EXTENT_LENGTH * count)

    return _record(header.hash_id, raw, tables, read_extents)


def may_contain(data: bytes, digest: bytes) -> bool:
    hashes = page_hashes(data)
    pages, header, layout = _open(data, hashes, tree.root_hash(hashes))
    return _may_contain(pages, header, layout, digest)
