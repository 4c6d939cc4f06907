"""The line that installs what is missing, in the words of the distribution that /etc/os-release names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Iterator, Mapping, Sequence, Union

from local.artefacts.system_tools import OLDEST_GO, OLDEST_JAVA, OLDEST_MAVEN
from telecom.doctor.interpreter import allowed_versions
from telecom.doctor.judgement import dotted

_IN_WORDS = {
    "python": f"{allowed_versions()} with venv",
    "jdk": f"a JDK ({OLDEST_JAVA} or newer)",
    "maven": f"Maven ({dotted(OLDEST_MAVEN)} or newer)",
    "go": f"Go ({dotted(OLDEST_GO)} or newer)",
    "make": "make",
    "certificates": "the CA certificates",
    "setpriv": "util-linux",
}


@dataclass(frozen=True)
class Steps:
    """What is more than a package of the distribution: commands before its package manager runs and after it."""

    before: str = ""
    packages: str = ""
    after: str = ""


Source = Union[str, Steps]
Packages = Mapping[str, Source]
_UV_PYTHON = 'uv python install 3.13 && export PATH="$HOME/.local/bin:$PATH"'
# Where the distribution's Pythons are all too old or too new.
_PYTHON_BY_UV = Steps(
    packages="curl", after=f'curl -LsSf https://astral.sh/uv/install.sh | sh && "$HOME/.local/bin/"{_UV_PYTHON}'
)
_GO_OF_BACKPORTS = Steps(
    before=(
        "echo deb http://deb.debian.org/debian bookworm-backports main"
        " | {sudo}tee /etc/apt/sources.list.d/backports.list"
    ),
    after="{sudo}apt-get install -y --no-install-recommends -t bookworm-backports golang-go",
)
_GO_SNAP = Steps(after="{sudo}snap install --classic go")


@dataclass(frozen=True)
class Family:
    """Distributions with one package manager. `releases` has what differs from `packages` in a release."""

    install: str
    packages: Packages
    releases: Mapping[str, Packages] = field(default_factory=dict)


_COMMON: dict[str, Source] = {
    "maven": "maven",
    "make": "make",
    "certificates": "ca-certificates",
    "setpriv": "util-linux",
}
_APT = Family(
    "{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends",
    {**_COMMON, "python": _PYTHON_BY_UV, "jdk": "default-jdk-headless", "go": "golang-go"},
    {
        "bookworm": {"python": "python3 python3-venv", "go": _GO_OF_BACKPORTS},
        "trixie": {"python": "python3 python3-venv"},
        "jammy": {"python": "python3.11 python3.11-venv", "jdk": "openjdk-17-jdk-headless", "go": _GO_SNAP},
        "noble": {"python": "python3 python3-venv"},
    },
)
_FEDORA = Family(
    "{sudo}dnf install -y",
    {**_COMMON, "python": "python3.13", "jdk": "java-25-openjdk-devel", "go": "golang"},
    {release: {"jdk": "java-21-openjdk-devel"} for release in ("40", "41", "42")},
)
_RHEL = Family(
    "{sudo}dnf install -y",
    {**_COMMON, "python": "python3", "jdk": "java-21-openjdk-devel", "go": "golang"},
    {release: {"python": "python3.12"} for release in ("8", "9")},
)
_ARCH = Family(
    "{sudo}pacman -Syu --needed --noconfirm",
    {**_COMMON, "python": Steps(packages="uv", after=_UV_PYTHON), "jdk": "jdk21-openjdk", "go": "go"},
)
_SUSE = Family(
    "{sudo}zypper install -y",
    {
        **_COMMON,
        "certificates": "ca-certificates-mozilla",
        "python": "python313",
        "jdk": "java-21-openjdk-devel",
        "go": "go",
    },
    {"15": {"python": "python311"}},
)
_FAMILIES = {
    "debian": _APT,
    "ubuntu": _APT,
    "rhel": _RHEL,
    "centos": _RHEL,
    "fedora": _FEDORA,
    "arch": _ARCH,
    "suse": _SUSE,
}


def advice(os_release: str, missing: Sequence[str], is_root: bool) -> str:
    """How to get what is missing: one line to paste, or in words for a distribution that is not known."""
    facts = _facts(os_release)
    name = facts.get("PRETTY_NAME", "this distribution")
    if "alpine" in _identities(facts):
        return f"{name} is not supported: it has musl instead of glibc. Use another distribution."
    line = line_to_paste(os_release, missing, is_root)
    if line is None:
        return f"Install with the package manager of {name}: {', '.join(_IN_WORDS[thing] for thing in missing)}."
    return f"Paste this line to install what is missing ({name}), then run `make doctor` again:\n\n  {line}\n"


def line_to_paste(os_release: str, missing: Sequence[str], is_root: bool) -> str | None:
    """The line for a shell; None for a distribution that is not known."""
    facts = _facts(os_release)
    family = next((_FAMILIES[identity] for identity in _identities(facts) if identity in _FAMILIES), None)
    if family is None:
        return None
    packages = {**family.packages, **family.releases.get(_release(facts), {})}
    steps = [_steps(packages[thing]) for thing in missing]
    return " && ".join(_commands(family, steps)).replace("{sudo}", "" if is_root else "sudo ")


def _commands(family: Family, steps: list[Steps]) -> Iterator[str]:
    yield from (step.before for step in steps if step.before)
    names = " ".join(step.packages for step in steps if step.packages)
    if names:
        yield f"{family.install} {names}"
    elif any(step.before for step in steps):
        yield family.install.split(" && ")[0]
    yield from (step.after for step in steps if step.after)


def _steps(source: Source) -> Steps:
    return source if isinstance(source, Steps) else Steps(packages=source)


def _facts(os_release: str) -> dict[str, str]:
    lines = re.findall(r"^([A-Z_]+)=[\"']?(.*?)[\"']?\s*$", os_release, re.MULTILINE)
    return dict(lines)


def _identities(facts: Mapping[str, str]) -> list[str]:
    """Its own name, then those of the distributions that it descends from: opensuse-leap is a suse."""
    return [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]


def _release(facts: Mapping[str, str]) -> str:
    """Codename of the Ubuntu or Debian that it is or descends from, else the major version."""
    codename = facts.get("UBUNTU_CODENAME") or facts.get("DEBIAN_CODENAME") or facts.get("VERSION_CODENAME")
    return codename or facts.get("VERSION_ID", "").split(".")[0]
