"""A verb that finds no pipeline says what it tried, so that the error is of use in the output of a script."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from local.state.paths import StateDirectory
from telecom.access.query import QueryError
from telecom.catalogue.docs import write_model_docs
from telecom.cli.main import app
from telecom.pipelines.local_pipeline import PipelineChoiceError

TRIED_BY_VERB = {
    ("alerts",): "show alerts",
    ("erase", "--subject", "12065550123", "--yes"): "erase a person",
    ("publish-rollback",): "roll the publication back",
    ("run", "ingest"): "run crm-batch-ingestor",
    ("run", "churn"): "run churn",
    ("run", "nightly"): "run the nightly job",
}


@pytest.mark.parametrize(("verb", "tried"), TRIED_BY_VERB.items(), ids=map(" ".join, TRIED_BY_VERB))
def test_a_verb_without_a_pipeline_says_what_it_tried(verb: tuple[str, ...], tried: str, tmp_path: Path) -> None:
    StateDirectory.open(tmp_path)
    error = CliRunner().invoke(app, [*verb, "--state", str(tmp_path)]).exception
    assert isinstance(error, PipelineChoiceError)
    assert str(error).startswith(f"failed to {tried}: pipelines with spec.")


def test_the_docs_tell_of_no_work_that_did_not_begin(tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(QueryError, match="find Trino"):
        write_model_docs(StateDirectory.open(tmp_path), told.append)
    assert told == []
