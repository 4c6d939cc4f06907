"""`telecom docs`: the data catalogue of the lake."""

from telecom.catalogue.docs import write_model_docs
from telecom.cli.options import DEFAULT_STATE, OutputOption, StateOption, started_state
from telecom.terminal.console import Output, answers, print_json, tell


def docs(state: StateOption = DEFAULT_STATE, output: OutputOption = Output.TABLE) -> None:
    """Write a page for a browser with every table, its columns, checks, owners and graph. Trino has to run."""
    page = write_model_docs(started_state(state), tell)
    if output is Output.JSON:
        print_json({"page": str(page)})
        return
    answers.print(page.as_uri())
