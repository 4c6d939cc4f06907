"""Builds commands of a Go module from source, by way of a small module of ours that pins it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.artefacts.cache import Artefact
from local.artefacts.command import run_tool
from local.artefacts.system_tools import OLDEST_GO

_NEXT_STEP = "make doctor (it checks Go), check that Go reaches its module proxy (`go env GOPROXY`), then try again."
# Modules are verified against the checksum database; `mod` lets Go write the go.sum of our small module.
_ENVIRONMENT = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=mod -buildvcs=false"}


@dataclass(frozen=True)
class GoCommands:
    """Commands (`packages`) of one module version; `link_values` sets string variables, such as the version."""

    module: str
    version: str
    packages: tuple[str, ...]
    link_values: Mapping[str, str] = field(default_factory=dict)
    # Kubernetes keeps its libraries in its own tree as v0.0.0; they are published under this version.
    staging_version: str | None = None


def build_commands(artefact: Artefact, commands: GoCommands) -> None:
    """Put the binaries into the artefact's folder. Raises `CommandError`."""
    module = artefact.folder / ".module"
    module.mkdir()
    major, minor = OLDEST_GO
    (module / "go.mod").write_text(
        f"module telecom.dev/build\n\ngo {major}.{minor}.0\n\nrequire {commands.module} {commands.version}\n"
    )
    if commands.staging_version:
        _replace_staging_modules(artefact, module, commands)
    artefact.tell("building", f"{commands.module}@{commands.version}")
    values = " ".join(f"-X {name}={value}" for name, value in commands.link_values.items())
    output = f"{artefact.folder}/"
    run_tool(
        ["nice", "go", "build", "-v", "-trimpath", "-ldflags", f"-s -w {values}", "-o", output, *commands.packages],
        environment=_ENVIRONMENT,
        folder=module,
        next_step=_NEXT_STEP,
        on_line=lambda line: artefact.tell("building", line),
    )


def _replace_staging_modules(artefact: Artefact, module: Path, commands: GoCommands) -> None:
    requirements = _requirements(artefact, module, commands)
    staging = [name for name, version in requirements.items() if version == "v0.0.0"]
    lines = (f"replace {name} => {name} {commands.staging_version}\n" for name in staging)
    with (module / "go.mod").open("a") as go_mod:
        go_mod.writelines(lines)


def _requirements(artefact: Artefact, module: Path, commands: GoCommands) -> dict[str, str]:
    artefact.tell("fetching", f"{commands.module}@{commands.version}")
    downloaded = _json(module, ["go", "mod", "download", "-json", f"{commands.module}@{commands.version}"])
    go_mod = _json(module, ["go", "mod", "edit", "-json", downloaded["GoMod"]])
    return {requirement["Path"]: requirement["Version"] for requirement in go_mod["Require"]}


def _json(module: Path, argv: list[str]) -> dict[str, Any]:
    lines: list[str] = []
    run_tool(argv, environment=_ENVIRONMENT, folder=module, next_step=_NEXT_STEP, on_line=lines.append)
    answer: dict[str, Any] = json.loads("\n".join(lines))
    return answer
