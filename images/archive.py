"""An image archive, as `docker load` and `ctr images import` read it."""

import hashlib
import json
import platform
import tarfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_READ_BYTES = 1 << 20


def write_archive(target: Path, names: Sequence[str], layers: Sequence[Path], config: Mapping[str, object]) -> None:
    """Pack tar files as the layers of one image under several names; `config` is its Env, User, …"""
    digests = [_sha256(layer) for layer in layers]
    image = {
        "architecture": _ARCHITECTURES[platform.machine()],
        "os": "linux",
        "config": dict(config),
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
    }
    files = [f"{digest}.tar" for digest in digests]
    manifest = [{"Config": "config.json", "RepoTags": list(names), "Layers": files}]
    with tarfile.open(target, "w") as archive:
        _add_json(archive, "manifest.json", manifest)
        _add_json(archive, "config.json", image)
        for layer, file in zip(layers, files, strict=True):
            archive.add(layer, file)


def _add_json(archive: tarfile.TarFile, name: str, value: object) -> None:
    content = json.dumps(value, sort_keys=True).encode()
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, BytesIO(content))


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
