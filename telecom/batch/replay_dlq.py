"""Puts dead letters back on their topic."""

from operators.telecom_pipeline.objects import names
from telecom.batch.sink_tools import Sink, run_sink_tool


def replay_dlq(sink: Sink, topic: str, reason: str | None, fix: str, dry_run: bool) -> None:
    """Replay each dead letter of a topic once over all runs; with `dry_run` only count them. Raises `LocalError`.

    `fix` is `as-is`, `trim` or `MODULE:FUNCTION`; with a `reason`, dead letters of other reasons are left alone.
    """
    options = ["--topic", topic, "--fix", fix]
    options += ["--reason", reason] if reason else []
    options += ["--dry-run"] if dry_run else []
    run_sink_tool(sink, "replay_dlq", options, sink.kafka_login(names.DLQ_REPLAYER))
