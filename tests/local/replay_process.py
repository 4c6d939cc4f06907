"""The Java rules as one process that many test cases share."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from contracts.events import CallEvent, FraudAlert, SmsEvent
from contracts.fraud_rules import RuleDocument


class ReplayProcess:
    """Runs `dev.telecom.fraud.replay.Replay` of the job's jar; see there for its lines."""

    def __init__(self, java: Path, jar: Path) -> None:
        argv = [str(java), "-Xmx256m", "-XX:+UseSerialGC", "-cp", str(jar), "dev.telecom.fraud.replay.Replay"]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def alerts(self, documents: Iterable[RuleDocument], events: Iterable[CallEvent | SmsEvent]) -> list[FraudAlert]:
        """What the Java rules find in a stream."""
        lines = [b"rule " + document.to_record()[1] for document in documents]
        lines += [_line(event) for event in events]
        return [FraudAlert.model_validate_json(line) for line in self.answers(lines)]

    def answers(self, lines: Iterable[bytes]) -> list[bytes]:
        """What the process prints for the lines of one stream."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(b"\n".join([*lines, b"end\n"]))
        stdin.flush()
        answers = []
        while (line := stdout.readline().rstrip(b"\n")) != b"end":
            assert line or self._process.poll() is None, "the replay process ended"
            answers.append(line)
        return answers


def _line(event: CallEvent | SmsEvent) -> bytes:
    kind = b"call " if isinstance(event, CallEvent) else b"sms "
    return kind + event.model_dump_json().encode()
