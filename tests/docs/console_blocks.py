"""The commands that a page shows, with the output that it shows of each."""

import re
from dataclasses import dataclass
from pathlib import Path

PROMPT, LEFT_OUT, ERROR = "$ ", "…", "error:"
# What is another one in every run: digests, numbers with their separators, how severe an alert is.
DIGEST = re.compile(r"\b[0-9a-f]{32}\b")
NUMBER = re.compile(r"\d+(?:[.,:-]\d+)*")
SEVERITY = re.compile(r"\b(low|medium|high|critical)\b")


@dataclass(frozen=True)
class Shown:
    """One command of a page and the lines that stand below it, without those that say that something is left out."""

    command: str
    output: tuple[str, ...]

    @property
    def fails(self) -> bool:
        """Whether the page shows that the command ends with an error."""
        return any(line.startswith(ERROR) for line in self.output)

    def missing_in(self, text: str) -> list[str]:
        """Lines shown that a real output does not have, figures aside."""
        real = {shape(line) for line in text.splitlines()}
        return [line for line in self.output if line.strip() and shape(line) not in real]


def shape(line: str) -> str:
    """A line without what varies from run to run: figures, digests, the width of columns."""
    plain = SEVERITY.sub("<severity>", NUMBER.sub("#", DIGEST.sub("<digest>", line)))
    return " ".join(plain.split())


def code_blocks(text: str, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def shown_commands(page: Path) -> list[Shown]:
    """Commands of a page, in order."""
    return [shown for block in code_blocks(page.read_text(), "console") for shown in _of_block(block)]


def _of_block(block: str) -> list[Shown]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    lines = [part.splitlines() for part in parts]
    return [Shown(first, tuple(line for line in rest if line != LEFT_OUT)) for first, *rest in lines]
