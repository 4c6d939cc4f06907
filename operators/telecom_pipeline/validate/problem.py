"""What is wrong with a resource, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """`message` is a sentence about the field at `path`, for example `spec.kafka.brokers` and `must be at least 1`."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"
