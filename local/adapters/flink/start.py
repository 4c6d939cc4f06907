"""Becomes a TaskManager, or a JobManager that continues from its newest checkpoint: `python -m … FILE [ARGUMENT…]`.

Asking Flink how to divide its memory takes a Java process, so that is also done here, once per start.
On Kubernetes, high availability remembers that checkpoint. Here it is looked up in the checkpoint folder at the very
moment of the start, so that a killed JobManager continues from the last completed one and commits nothing twice.
"""

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import boto3

from local.adapters.flink.processes import FlinkFolder

_CHECKPOINT = re.compile(r"(.*/chk-(\d+))/_metadata$")


def newest_checkpoint(files: Iterable[str]) -> str | None:
    """Path of the newest complete checkpoint among the files of a job, whose `_metadata` is written last."""
    found = [match for match in map(_CHECKPOINT.match, files) if match]
    return max(found, key=lambda match: int(match.group(2))).group(1) if found else None


def files_below(uri: str, endpoint: str, environ: Mapping[str, str] = os.environ) -> list[str]:
    """URIs of the files below a folder of a file system or of S3 (`s3://bucket/prefix`)."""
    parts = urlsplit(uri)
    if parts.scheme == "s3":
        client = boto3.client(
            "s3",
            endpoint_url=endpoint or None,
            aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
            region_name=environ.get("AWS_REGION", "us-east-1"),
        )
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=parts.netloc, Prefix=parts.path.strip("/") + "/"
        )
        return [f"s3://{parts.netloc}/{entry['Key']}" for page in pages for entry in page.get("Contents", [])]
    return [f"file://{path}" for path in Path(parts.path).glob("chk-*/_metadata")]


def job_manager(plan: Mapping[str, str], arguments: tuple[str, ...]) -> list[str]:
    """Command of the JobManager of a plan. Raises `FlinkMemoryError`."""
    checkpoints = files_below(f"{plan['checkpoint_folder']}/{plan['job_id']}", plan["s3_endpoint"])
    restore_from = newest_checkpoint(checkpoints) or plan["restore_from"]
    folder = FlinkFolder(Path(plan["folder"]))
    return folder.job_manager(plan["entry_class"], plan["job_id"], arguments, restore_from)


def main() -> None:
    """Replace this process by what FILE describes, which the FlinkDeployment adapter has written."""
    plan: dict[str, str] = json.loads(Path(sys.argv[1]).read_text())
    is_job_manager = plan["role"] == "jobmanager"
    folder = FlinkFolder(Path(plan["folder"]))
    argv = job_manager(plan, tuple(sys.argv[2:])) if is_job_manager else folder.task_manager()
    os.chdir(folder.path)
    os.execv(argv[0], argv)  # noqa: S606 (no shell is wanted)


if __name__ == "__main__":
    main()
