"""`telecom run ingest`: what changed in CRM and billing."""

from telecom.batch.job_names import BatchJob
from telecom.batch.job_runs import run_to_success
from telecom.cli.options import DEFAULT_STATE, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import notices, tell


def ingest(pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Copy what changed in CRM and billing into bronze."""
    job = BatchJob.INGEST
    done = run_to_success(transforming_pipeline(started_state(state), pipeline, f"run {job.component}"), job, tell)
    notices.print(done.summary)
