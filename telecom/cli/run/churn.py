"""`telecom run churn`: who is likely to leave."""

from telecom.batch.job_names import BatchJob
from telecom.batch.job_runs import run_to_success
from telecom.cli.options import DEFAULT_STATE, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import notices, tell


def churn(pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE) -> None:
    """Score which customers are likely to leave, and write the scores to gold and back to the CRM."""
    component = BatchJob.CHURN.component
    done = run_to_success(transforming_pipeline(started_state(state), pipeline, f"run {component}"), component, tell)
    notices.print(done.summary)
