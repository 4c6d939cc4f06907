"""Pure: the version in a tool's own words, compared with the oldest that works."""

import re

from telecom.doctor.finding import Finding, Severity

Version = tuple[int, ...]
# Maven prints its name in bold, whether or not a terminal listens.
_TERMINAL_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def parse_version(text: str) -> Version | None:
    """First dotted number in `text`: `go version go1.26.8 linux` gives (1, 26, 8); None where there is none."""
    match = re.search(r"\d+(?:\.\d+)*", _TERMINAL_STYLE.sub("", text))
    return tuple(int(part) for part in match.group().split(".")) if match else None


def judge_version(subject: str, output: str | None, oldest: Version, advice: str) -> Finding:
    """Compare what a tool printed (None: not found) with the oldest version that works."""
    needed = ".".join(map(str, oldest))
    if output is None:
        return Finding(subject, Severity.FATAL, "not found", f"needs {needed} or newer: {advice}")
    version = parse_version(output)
    if version is None:
        return Finding(subject, Severity.FATAL, f"says {output.strip()[:60]!r}", f"needs {needed} or newer: {advice}")
    found = ".".join(map(str, version))
    if version < oldest:
        return Finding(subject, Severity.FATAL, found, f"needs {needed} or newer: {advice}")
    return Finding(subject, Severity.OK, found)


def judge_amount(subject: str, found_gib: float, needed_gib: float, advice: str) -> Finding:
    """Compare a free amount with what a demo takes; too little is a warning, for an estimate stops nobody."""
    found = f"{found_gib:.1f} GiB free"
    if found_gib < needed_gib:
        return Finding(subject, Severity.WARNING, found, f"{needed_gib:g} GiB are recommended: {advice}")
    return Finding(subject, Severity.OK, found)
