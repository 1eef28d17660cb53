"""Puts, gets and finds objects of the backup bucket; encrypted with our key, checksummed both ways."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config


def client() -> Any:
    """S3, or the site's endpoint; credentials come from the pod's identity."""
    session: Any = boto3.Session()
    return session.client(
        "s3",
        endpoint_url=os.environ.get("S3_ENDPOINT_URL") or None,
        config=Config(retries={"max_attempts": 5, "mode": "standard"}, connect_timeout=10),
    )


def put(path: Path, key: str) -> None:
    """Uploads a file; S3 verifies the SHA-256 of what arrived."""
    extra = {"ChecksumAlgorithm": "SHA256"}
    if key_id := os.environ.get("BACKUP_KEY_ALIAS"):
        extra |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_id}
    else:
        # A site's store without KMS encrypts with its own key.
        extra["ServerSideEncryption"] = "AES256"
    client().upload_file(str(path), os.environ["BACKUP_BUCKET"], key, ExtraArgs=extra)


def get(key: str, path: Path) -> None:
    """Downloads an object."""
    client().download_file(os.environ["BACKUP_BUCKET"], key, str(path))


def newest(prefix: str, suffix: str) -> str:
    """The greatest key; keys hold their time, so that is the newest."""
    pages = client().get_paginator("list_objects_v2")
    keys = [
        item["Key"]
        for page in pages.paginate(Bucket=os.environ["BACKUP_BUCKET"], Prefix=prefix)
        for item in page.get("Contents", [])
        if item["Key"].endswith(suffix)
    ]
    if not keys:
        sys.exit(f"no object {prefix}*{suffix} in {os.environ['BACKUP_BUCKET']}")
    return max(keys)


def main() -> None:
    """`put FILE KEY`, `get KEY FILE` or `newest PREFIX SUFFIX`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("put", "get", "newest"))
    parser.add_argument("first")
    parser.add_argument("second")
    given = parser.parse_args()
    if given.action == "put":
        put(Path(given.first), given.second)
    elif given.action == "get":
        get(given.first, Path(given.second))
    else:
        sys.stdout.write(newest(given.first, given.second) + "\n")


if __name__ == "__main__":
    main()
