#!/usr/bin/env python3
"""Reads one user's interests from Redis as docs/redis-contract.md describes them. Needs Python 3.8, nothing else.

    python3 read_user.py --user u1 --redis redis://localhost:6379 [--prefix halflife] [--at <ms since the epoch>]
    python3 read_user.py --user u1 --dump dump.json [--at <ms since the epoch>]

A dump is {"contract": {field: hex}, "user": {field: hex}}, the fields of the two hashes.
"""
import argparse
import json
import re
import socket
import struct
import time
from urllib.parse import quote, unquote, urlsplit


def read_interests(contract, user, at):
    """Interest vectors and masses as they stand at `at`, one for each space and timescale of which vectors are stored."""
    as_of = int(user["asof"])
    letter = {b"float32": "f", b"float16": "e"}[contract.get("userVectors", b"float32")]
    recalled = json.loads(contract.get("recalledTimescales", b"[]"))
    stored = [timescale for timescale in json.loads(contract["timescales"]) if timescale not in recalled]
    interests = []
    for space in json.loads(contract["spaces"]):
        for timescale in stored:
            half_life_ms = float(contract[f"timescale:{timescale}:halfLifeSeconds"]) * 1000
            factor = 2 ** (-max(0, at - as_of) / half_life_ms)
            dimension = int(contract[f"space:{space}:dimension"])
            vector = struct.unpack(f"<{dimension}{letter}", user[f"vec:{space}:{timescale}"])
            mass = float(user[f"mass:{timescale}"])
            interests.append({
                "space": space,
                "timescale": timescale,
                "mass": mass * factor,
                "vector": [value * factor for value in vector],
            })
    return interests


def read_events(field):
    """`remembered` and `waiting`: the newest event first."""
    at = 0

    def take(layout):
        nonlocal at
        values = struct.unpack_from("<" + layout, field, at)
        at += struct.calcsize("<" + layout)
        return values

    def take_text(length):
        return take(f"{length}s")[0].decode()

    version, kind_count = take("BH")
    if version != 1:
        raise ValueError(f"events of version {version}, and this reader knows version 1")
    kinds = []
    for _ in range(kind_count):
        weight, length = take("dB")
        kinds.append((take_text(length), weight))
    events = []
    for _ in range(take("H")[0]):
        fingerprint, occurred_at, kind, length_less_one = take("8sdHB")
        events.append({
            "fingerprint": fingerprint.hex(),
            "itemId": take_text(length_less_one + 1),
            "type": kinds[kind][0],
            "occurredAt": occurred_at,
            "weight": kinds[kind][1],
        })
    return events


def read_seen(field):
    """`seen`: a version byte, then 9 bytes an item."""
    if field[0] != 1:
        raise ValueError(f"seen items of version {field[0]}, and this reader knows version 1")
    return [
        {"itemHash": item_hash, "lastSeconds": seconds, "kinds": bits & 7}
        for item_hash, seconds, bits in struct.iter_unpack("<IIB", field[1:])
    ]


def read_offsets(field):
    entries = (entry.split("=") for entry in field.decode().split(",") if entry)
    return {partition: int(offset) for partition, offset in entries}


def read_user(contract, user, at):
    if contract["version"] != b"1":
        raise ValueError(f"contract version {contract['version']}, and this reader knows version 1")
    if "restoring" in contract:
        raise ValueError("a backup is being restored here, and what is there is not whole yet")
    forgotten = {"forgottenAt": at for at in read_offsets(user.get("forgotten", b"")).values()}
    return {
        **forgotten,
        "interests": read_interests(contract, user, at),
        "remembered": read_events(user["remembered"]),
        "waiting": read_events(user["waiting"]) if user.get("waiting") else [],
        "seen": read_seen(user["seen"]),
        "offsets": read_offsets(user["offsets"]),
    }


def user_key(prefix, user_id):
    """Braces, percent signs and control characters of an id are escaped, as in a URL; nothing else is."""
    escaped = re.sub("[{}%\x00-\x1f\x7f-\x9f]", lambda found: quote(found[0]), user_id)
    return f"{prefix}:user:{{{escaped}}}"


def fetch(url, prefix, user_id):
    parts = urlsplit(url)
    if parts.scheme != "redis":
        raise SystemExit(f"{parts.scheme}:// is not spoken here, only redis://")
    with socket.create_connection((parts.hostname, parts.port or 6379), timeout=5) as connection:
        stream = connection.makefile("rwb")
        if parts.password:
            command(stream, "AUTH", *([unquote(parts.username)] if parts.username else []), unquote(parts.password))
        if parts.path.strip("/"):
            command(stream, "SELECT", parts.path.strip("/"))
        generation = command(stream, "GET", f"{prefix}:generation")
        own = f"{prefix}:g{generation.decode()}" if generation else prefix
        return hash_of(stream, f"{own}:contract"), hash_of(stream, user_key(own, user_id))


def hash_of(stream, key):
    reply = command(stream, "HGETALL", key)
    return {name.decode(): value for name, value in zip(reply[::2], reply[1::2])}


def command(stream, *words):
    """One command and its reply in RESP, the protocol of Redis."""
    encoded = [word.encode() for word in words]
    stream.write(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded))
    stream.flush()
    return reply_from(stream)


def reply_from(stream):
    line = stream.readline().rstrip(b"\r\n")
    if not line:
        raise ConnectionError("the server closed the connection")
    kind, rest = line[:1], line[1:]
    if kind == b"$" and rest == b"-1":
        return None
    if kind == b"$":
        return stream.read(int(rest) + 2)[:-2]
    if kind == b"*":
        return [reply_from(stream) for _ in range(int(rest))]
    if kind == b"-":
        raise RuntimeError(rest.decode())
    return rest


def load(path):
    with open(path, encoding="utf-8") as file:
        dump = json.load(file)
    return tuple({name: bytes.fromhex(value) for name, value in dump[part].items()} for part in ("contract", "user"))


def main():
    parser = argparse.ArgumentParser(description="Reads one user's interests.")
    parser.add_argument("--user", required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--redis", help="redis://[user:password@]host:port[/db]")
    source.add_argument("--dump", help="a JSON file")
    parser.add_argument("--prefix", default="halflife")
    parser.add_argument("--at", type=int, default=int(time.time() * 1000), help="ms since the epoch; now by default")
    options = parser.parse_args()
    contract, user = load(options.dump) if options.dump else fetch(options.redis, options.prefix, options.user)
    if not user.get("asof"):  # a forgotten user leaves a hash behind, without a time of the newest event
        raise SystemExit(f"Nothing is held about the user {options.user}")
    print(json.dumps(read_user(contract, user, options.at)))


if __name__ == "__main__":
    main()
