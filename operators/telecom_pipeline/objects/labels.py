"""Labels and annotations of children."""

from operators.telecom_pipeline.objects.custom_resource import API_GROUP

MANAGED_BY = "telecom-operator"
# Marks the Job of a run. It belongs to whoever asked for the run: the operator neither recreates nor prunes it.
RUN_MANAGED_BY = "telecom-run"
PART_OF = "telecom-lakehouse"

PIPELINE_LABEL = f"{API_GROUP}/pipeline"
STAGE_LABEL = f"{API_GROUP}/stage"
NAME_LABEL = "app.kubernetes.io/name"
MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"

# Digest of the settings file: a change rolls the pods that read it.
SETTINGS_DIGEST_ANNOTATION = f"{API_GROUP}/settings-digest"
# Digest of what a bounded run is asked to produce: only a change to it starts a new run.
RUN_DIGEST_ANNOTATION = f"{API_GROUP}/run-digest"


def owned_by(pipeline: str) -> dict[str, str]:
    """Selects the children that this operator created for a pipeline.

    `managed-by` matters: Strimzi copies a Kafka's other labels to the objects it creates, which are not ours to prune.
    """
    return {PIPELINE_LABEL: pipeline, MANAGED_BY_LABEL: MANAGED_BY}


def run_of(pipeline: str, name: str) -> dict[str, str]:
    """Selects the Job of the latest run of a batch job."""
    return {PIPELINE_LABEL: pipeline, NAME_LABEL: name, MANAGED_BY_LABEL: RUN_MANAGED_BY}


def labels(pipeline: str, name: str, stage: str) -> dict[str, str]:
    """Labels of a child: `name` is what it is, `stage` the step of the pipeline that it belongs to."""
    # str(): to Python a StrEnum is a str, but YAML cannot write it.
    return {
        NAME_LABEL: str(name),
        "app.kubernetes.io/instance": pipeline,
        "app.kubernetes.io/component": str(stage),
        "app.kubernetes.io/part-of": PART_OF,
        STAGE_LABEL: str(stage),
    } | owned_by(pipeline)


def pod_selector(pipeline: str, name: str) -> dict[str, str]:
    """Selects the pods of one component; it never changes, since a Deployment's selector is immutable."""
    return {PIPELINE_LABEL: pipeline, NAME_LABEL: name}
