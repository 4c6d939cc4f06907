"""A verb that finds no pipeline says what it tried, so that the error is of use in the output of a script."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

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
    error = CliRunner().invoke(app, [*verb, "--state", str(tmp_path)]).exception
    assert isinstance(error, PipelineChoiceError)
    assert str(error).startswith(f"failed to {tried}: pipelines with spec.")
