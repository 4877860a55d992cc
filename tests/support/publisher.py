"""Publishes one set after the other until it is killed: ``publisher.py ROOT``."""

import asyncio
import hashlib
import itertools
import json
import secrets
import sys
from datetime import UTC, datetime

from prefect_expres.storage.publish import publish, set_name

FILES = ("a.bin", "b.bin", "c.bin")


def new_set(name: str) -> dict[str, bytes]:
    """Make files that belong together, and the index that tells their hashes."""
    files = {file: secrets.token_bytes(20_000) for file in FILES}
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    return files | {"index.json": json.dumps({"folder": name, "files": hashes}).encode()}


async def publish_for_ever(root: str) -> None:
    """Publish sets, and let them all stay."""
    for number in itertools.count():
        name = set_name(datetime.now(UTC))
        await publish(root, name, new_set(name), "index.json")
        print("published", number, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    asyncio.run(publish_for_ever(sys.argv[1]))
