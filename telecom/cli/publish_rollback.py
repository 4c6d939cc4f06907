"""`telecom publish-rollback`: show readers the numbers that they saw before."""

from dataclasses import asdict

from telecom.access.lake_access import lake_access
from telecom.batch.nightly import published_tables
from telecom.batch.nightly_tables import published_table
from telecom.batch.publish_rollback import TRIED, roll_publication_back
from telecom.cli.options import DEFAULT_STATE, OutputOption, PipelineOption, StateOption, started_state
from telecom.pipelines.local_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json


def publish_rollback(
    pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE, output: OutputOption = Output.TABLE
) -> None:
    """Bring back the publication before the present one; a second run goes back one more.

    The next nightly run publishes new numbers.
    """
    chosen = transforming_pipeline(started_state(state), pipeline, TRIED)
    record = roll_publication_back(lake_access(chosen.store, chosen.pipeline, chosen.state.run))
    published = published_tables(record.snapshots)
    if output is Output.JSON:
        print_json(
            {"run_id": record.run_id, "run_date": record.run_date, "published": [asdict(table) for table in published]}
        )
        return
    answers.print(f"Readers see run {record.run_id} of {record.run_date} again.")
    answers.print(published_table(published))
