"""`telecom accept`: let a day go out although a gate refuses it."""

from operators.telecom_pipeline.objects import names
from telecom.batch.accept import TRIED
from telecom.batch.job_runs import run_to_success
from telecom.cli.acceptance_options import ByOption, DaysOption, GateOption, ReasonOption, asked_acceptance
from telecom.cli.options import DEFAULT_STATE, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import answers, notices, tell


def accept(
    gate: GateOption,
    day: DaysOption,
    reason: ReasonOption,
    by: ByOption = "",
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Accept what a gate refuses about a day: from the next nightly run on, it warns instead of blocking.

    Who accepted what, when and why is kept in `audit.gate_acceptances` and told with the gate's verdict. The first
    acceptance of a day stands. Gates that find wrong numbers, such as reconciliation, cannot be accepted.
    """
    arguments = asked_acceptance(gate, day, reason, by).arguments()
    directory = started_state(state)
    target = transforming_pipeline(directory, pipeline, TRIED)
    done = run_to_success(target, names.GATE_ACCEPTANCE, tell, arguments)
    answers.out(done.last_words.strip(), highlight=False)
    notices.print(f"Next: {directory.command('run nightly')}")
