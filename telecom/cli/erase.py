"""`telecom erase`: erase a person from every layer, and show that nothing is left."""

from typing import Annotated

import typer

from jobs.privacy.subject import NotASubjectError, require_number
from telecom.batch.erase import TRIED, erase_everywhere
from telecom.batch.erasure_report import erasure_report
from telecom.cli.options import DEFAULT_STATE, OutputOption, PipelineOption, StateOption, YesOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json

SOMETHING_LEFT_EXIT_CODE = 4
QUESTION = "Erase everything about this person from CRM, lake and Kafka? There is no way back"


def erase(
    subject: Annotated[str, typer.Option(help="Phone number of the person, E.164 without '+'.")],
    yes: YesOption = False,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Erase a person from CRM, lake and Kafka, then search everything that is left for traces.

    Exit code 4 if there is a trace, or if records still wait for the sink: run it again then.
    """
    try:
        require_number(subject)
    except NotASubjectError as error:
        raise typer.BadParameter(str(error)) from error
    chosen = transforming_pipeline(started_state(state), pipeline, TRIED)
    if not yes:
        typer.confirm(QUESTION, abort=True, err=True)
    erasure = erase_everywhere(chosen, subject)
    if output is Output.JSON:
        print_json(erasure.summary())
    else:
        answers.print(erasure_report(erasure))
    if not erasure.is_complete:
        raise typer.Exit(SOMETHING_LEFT_EXIT_CODE)
