"""`flinkConfiguration` of the fraud detection job: flat sorted keys, text values, never a credential."""

from operators.telecom_pipeline.pipeline.pipeline import FlinkJob, Pipeline
from operators.telecom_pipeline.spec.fraud_detection import AUTOSCALER_PREFIX, Restart

METRICS_PORT_NUMBER = 9249
CHECKPOINT_TIMEOUT_SECONDS = 300
# Savepoints keep it, so it bounds the parallelism forever. It has many divisors: most parallelisms share it evenly.
MAX_PARALLELISM = 720
# On the heap where the state fits; on disk, saved in increments, where it may outgrow the memory.
STATE_BACKENDS = {
    # No part of the memory is set aside for RocksDB.
    "dev": {"state.backend.type": "hashmap", "taskmanager.memory.managed.fraction": "0.0"},
    # Every checkpoint leaves a small file. Levelled compaction would rewrite most of the state for every four of them;
    # universal compaction merges files of similar size, and a filter says which of them can hold a key (ADR 10).
    "production": {
        "state.backend.type": "rocksdb",
        "execution.checkpointing.incremental": "true",
        "state.backend.rocksdb.compaction.style": "UNIVERSAL",
        "state.backend.rocksdb.use-bloom-filter": "true",
    },
}
# Barriers wait for their turn, so that what was read before them is committed with them; they overtake only when load
# makes that take too long.
BARRIERS = {
    "execution.checkpointing.unaligned.enabled": "true",
    "execution.checkpointing.aligned-checkpoint-timeout": "1000 ms",
}


def flink_configuration(pipeline: Pipeline, job: FlinkJob, s3_endpoint: str) -> dict[str, str]:
    """All settings of the job that belong to Flink rather than to the job itself."""
    configuration = {
        **_checkpoints(job, state_folder(pipeline, job)),
        **_restart(job.section.restart),
        **_store(pipeline, s3_endpoint),
        **STATE_BACKENDS[pipeline.spec.profile],
        **{f"{AUTOSCALER_PREFIX}{key}": value for key, value in job.section.autoscaler.items()},
        "high-availability.type": "kubernetes",
        "high-availability.storageDir": f"{state_folder(pipeline, job)}/ha",
        # Otherwise a later pipeline of the same name could not continue the job.
        "kubernetes.operator.job.savepoint-on-deletion": _flag(pipeline.keeps_records),
        # By default the operator merges the containers of pod templates by position.
        "kubernetes.operator.pod-template.merge-arrays-by-name": "true",
        "metrics.reporter.prom.factory.class": "org.apache.flink.metrics.prometheus.PrometheusReporterFactory",
        "metrics.reporter.prom.port": str(METRICS_PORT_NUMBER),
        "pipeline.max-parallelism": str(MAX_PARALLELISM),
        "taskmanager.numberOfTaskSlots": str(job.section.task_manager.slots),
    }
    return dict(sorted(configuration.items()))


def state_folder(pipeline: Pipeline, job: FlinkJob) -> str:
    """Where the job keeps its state in the bucket; each pipeline has a folder of its own."""
    s3 = pipeline.spec.storage.s3
    parts = (s3.bucket, s3.prefix, job.section.state_prefix, pipeline.name)
    return "s3://" + "/".join(part for part in parts if part)


def _checkpoints(job: FlinkJob, folder: str) -> dict[str, str]:
    return {
        "execution.checkpointing.interval": f"{_milliseconds(job.section.checkpoint_interval_seconds)} ms",
        "execution.checkpointing.timeout": f"{CHECKPOINT_TIMEOUT_SECONDS} s",
        **BARRIERS,
        "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
        "execution.checkpointing.dir": f"{folder}/checkpoints",
        "execution.checkpointing.savepoint-dir": f"{folder}/savepoints",
    }


def _restart(restart: Restart) -> dict[str, str]:
    prefix = "restart-strategy.exponential-delay"
    return {
        "restart-strategy.type": "exponential-delay",
        f"{prefix}.initial-backoff": f"{_milliseconds(restart.initial_backoff_seconds)} ms",
        f"{prefix}.max-backoff": f"{_milliseconds(restart.max_backoff_seconds)} ms",
        f"{prefix}.reset-backoff-threshold": f"{_milliseconds(restart.reset_after_seconds)} ms",
        f"{prefix}.backoff-multiplier": "2.0",
    }


def _store(pipeline: Pipeline, endpoint: str) -> dict[str, str]:
    s3 = pipeline.spec.storage.s3
    return {
        "s3.endpoint": endpoint,
        "s3.endpoint.region": s3.region,
        "s3.path.style.access": _flag(s3.path_style),
    }


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _flag(value: bool) -> str:
    return "true" if value else "false"
