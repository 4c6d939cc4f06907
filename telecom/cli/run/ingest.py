"""`telecom run ingest`: what changed in CRM and billing."""

from telecom.batch.ingest import run_ingest
from telecom.batch.job_names import BatchJob
from telecom.cli.options import DEFAULT_STATE, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import notices, tell


def ingest(pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Copy what changed in CRM, billing and the inventory of towers into bronze."""
    target = transforming_pipeline(started_state(state), pipeline, f"run {BatchJob.INGEST.component}")
    notices.print(run_ingest(target, tell).summary)
