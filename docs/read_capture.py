#!/usr/bin/env python3
"""Reads a segment of a recording (docs/capture-format.md) and prints one JSON object per record."""
import json
import struct
import sys
import zlib

KINDS = [None, "received", "sent", "time", "gap", "hole", "opened", "closed", "stale", "in_sync", "end"]
FATES = [None, "applied", "duplicate", "dropped", "unread"]
TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
    TABLE.append(n)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ TABLE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def must(condition, what):
    if not condition:
        raise SystemExit(f"damaged: {what}")


def blocks(data):
    magic, version, length, crc = struct.unpack_from("<8sIII", data)
    must(magic == b"TBCAPTUR" and version == 1, "this is no segment of version 1")
    must(crc32c(data[:16] + data[20:20 + length]) == crc, "the header")
    at = 20 + length
    while data[at:at + 4] == b"TBCB":
        codec, stored, raw, first, count = struct.unpack_from("<IIIqI", data, at + 4)
        body = data[at + 52:at + 52 + stored]
        if len(body) < stored:
            return  # A torn end: the process died while it wrote.
        must(crc32c(data[at:at + 48] + body) == struct.unpack_from("<I", data, at + 48)[0], f"the block at {at}")
        records = body if codec == 0 else zlib.decompress(body)
        must(len(records) == raw, f"the block at {at} has {len(records)} bytes, not {raw}")
        yield first, count, records
        at += 52 + stored


def records(data):
    for first, count, block in blocks(data):
        at = 0
        for number in range(first, first + count):
            crc, length, n, time, sequence, connection, kind, fate, events = struct.unpack_from("<IIqqqiBBH", block, at)
            must(n == number and crc32c(block[at + 4:at + 40 + length]) == crc, f"record {number}")
            payload = block[at + 40:at + 40 + length].decode("utf-8", "replace")
            yield {"number": n, "recv_ns": time, "sequence": sequence, "events": events, "connection": connection,
                   "kind": KINDS[kind], "fate": FATES[fate], "raw": payload}
            at += 40 + length


if __name__ == "__main__":
    for record in records(open(sys.argv[1], "rb").read()):
        print(json.dumps(record))
