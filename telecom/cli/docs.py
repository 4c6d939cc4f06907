"""`telecom docs`: the data catalogue of the lake."""

from local.supervisor.ports import PortBook
from telecom.catalogue.docs import write_model_docs
from telecom.cli.query import trino_port
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.cli.up import tell
from telecom.terminal.console import Output, answers, print_json


def docs(state: StateOption = DEFAULT_STATE, output: OutputOption = Output.TABLE) -> None:
    """Write a page with every table, its columns, checks, owners and graph, for a browser. Trino has to run."""
    opened = open_state(state)
    page = write_model_docs(opened, trino_port(PortBook(opened.run)), tell)
    if output is Output.JSON:
        print_json({"page": str(page)})
        return
    answers.print(page.as_uri(), markup=False)
