"""Pure: what a tool says about its version, compared with the oldest that works; a free amount with what is needed."""

from __future__ import annotations

import re
from typing import Tuple

from telecom.doctor.finding import Finding, Need, Severity

Version = Tuple[int, ...]
# Maven prints its name in bold, whether or not a terminal listens.
_TERMINAL_STYLE = re.compile(r"\x1b\[[0-9;]*m")
# Java and Maven print what JAVA_TOOL_OPTIONS holds before they say who they are.
_NOTICE = re.compile(r"^(Picked up|NOTE:|WARNING:).*$", re.MULTILINE)


class Failure(str):
    """What a tool printed before it ended with an error: a number in it is not its version."""

    __slots__ = ()


def parse_version(text: str) -> Version | None:
    """First dotted number in `text`: `go version go1.26.8 linux` gives (1, 26, 8); None if it has none."""
    plain = _NOTICE.sub("", _TERMINAL_STYLE.sub("", text))
    match = re.search(r"\d+(?:\.\d+)*", plain)
    return tuple(int(part) for part in match.group().split(".")) if match else None


def dotted(version: Version) -> str:
    """(1, 24) is written 1.24."""
    return ".".join(map(str, version))


def judge_version(subject: str, output: str | None, oldest: Version, package: str = "") -> Finding:
    """Compare what a tool printed (None: not found) with the oldest version that works."""
    needed = f"{dotted(oldest)} or newer is needed"
    if output is None:
        return Finding(subject, Severity.FATAL, "not found", needed, package=package)
    if isinstance(output, Failure):
        return Finding(subject, Severity.FATAL, f"fails with {output.strip()[:60]!r}", f"{needed} that works")
    version = parse_version(output)
    if version is None:
        return Finding(subject, Severity.FATAL, f"says {output.strip()[:60]!r}", needed, package=package)
    if version < oldest:
        return Finding(subject, Severity.FATAL, dotted(version), needed, package=package)
    return Finding(subject, Severity.OK, dotted(version))


def judge_amount(subject: str, found_gib: float, needed_gib: float, advice: str) -> Finding:
    """Compare a free amount with what a demo takes; too little is a warning, because the need is an estimate."""
    found = f"{found_gib:.1f} GiB free"
    if found_gib < needed_gib:
        return Finding(subject, Severity.WARNING, found, f"{needed_gib:g} GiB are recommended: {advice}")
    return Finding(subject, Severity.OK, found)


def missing_if(is_missing: bool, finding: Finding, otherwise: str = "found") -> Finding:
    """The finding if something is missing, else one that is fine and says `otherwise`."""
    if is_missing:
        return finding
    return Finding(finding.subject, Severity.OK, otherwise, needed_for=finding.needed_for)


def optional(subject: str, missing: str | None, need: Need) -> Finding:
    """Something that only `need` takes; `missing` says why it does not work here, None that it does."""
    if missing:
        return Finding(subject, Severity.OPTIONAL, "not ready", f"only for {need}: {missing}", need)
    return Finding(subject, Severity.OK, "ready", needed_for=need)
