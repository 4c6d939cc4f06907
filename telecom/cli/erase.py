"""`telecom erase`: erase a person from every layer, and show that nothing is left."""

from typing import Annotated

import typer

from jobs.privacy.subject import NotASubjectError
from telecom.batch.erase import TRIED, erase_everywhere, require_subject
from telecom.batch.erasure_report import erasure_report
from telecom.cli.options import DEFAULT_STATE, OutputOption, PipelineOption, StateOption, YesOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json

SOMETHING_LEFT_EXIT_CODE = 4
QUESTION = "Erase everything about this person from CRM, lake and Kafka? There is no way back"


def erase(
    subject: Annotated[str, typer.Option(help="Phone number of the person, in any spelling.")],
    customer: Annotated[
        str | None, typer.Option(help="Customer id of the person, if the number is theirs no more.")
    ] = None,
    yes: YesOption = False,
    pipeline: PipelineOption = None,
    state: StateOption = DEFAULT_STATE,
    output: OutputOption = Output.TABLE,
) -> None:
    """Erase a person from CRM, lake and Kafka, then search everything that is left for traces.

    Exit code 4 if there is a trace, or if records still wait for the sink: run it again then.
    """
    chosen = transforming_pipeline(started_state(state), pipeline, TRIED)
    try:
        require_subject(chosen, subject)
        if not yes:
            typer.confirm(QUESTION, abort=True, err=True)
        erasure = erase_everywhere(chosen, subject, customer)
    except NotASubjectError as error:
        raise typer.BadParameter(str(error)) from error
    if output is Output.JSON:
        print_json(erasure.summary())
    else:
        answers.print(erasure_report(erasure))
    if not erasure.is_complete:
        raise typer.Exit(SOMETHING_LEFT_EXIT_CODE)
