"""An archive of images, as `docker load` and `ctr images import` read it."""

import hashlib
import json
import platform
import tarfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

from images.image import Image

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_READ_BYTES = 1 << 20


def write_archive(target: Path, images: Sequence[Image]) -> None:
    """Pack images into one file; a layer that several of them have is in it once."""
    layers = list(dict.fromkeys(layer for image in images for layer in image.layers))
    digests = {layer: _sha256_of_file(layer) for layer in layers}
    configs = [_config(image, [digests[layer] for layer in image.layers]) for image in images]
    manifest = [
        {
            "Config": _config_file(config),
            "RepoTags": [image.name],
            "Layers": [f"{digests[layer]}.tar" for layer in image.layers],
        }
        for image, config in zip(images, configs, strict=True)
    ]
    with tarfile.open(target, "w") as archive:
        _add(archive, "manifest.json", _json(manifest))
        for config in configs:
            _add(archive, _config_file(config), config)
        for layer in layers:
            archive.add(layer, f"{digests[layer]}.tar")


def _config(image: Image, digests: Iterable[str]) -> bytes:
    return _json(
        {
            "architecture": _ARCHITECTURES[platform.machine()],
            "os": "linux",
            "config": image.config,
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        }
    )


def _config_file(config: bytes) -> str:
    return f"{hashlib.sha256(config).hexdigest()}.json"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, BytesIO(content))


def _sha256_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
