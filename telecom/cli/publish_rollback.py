"""`telecom publish-rollback`: show readers the numbers that they saw before."""

from dataclasses import asdict

from local.cluster.object_store import SqliteCluster
from telecom.access.lake_access import lake_access
from telecom.batch.nightly import published_tables
from telecom.batch.publish_rollback import roll_publication_back
from telecom.cli.run import PipelineOption, published_table
from telecom.cli.state_option import DEFAULT_STATE, OutputOption, StateOption, open_state
from telecom.pipelines.transforming_pipeline import transforming_pipeline
from telecom.terminal.console import Output, answers, print_json


def publish_rollback(
    pipeline: PipelineOption = None, state: StateOption = DEFAULT_STATE, output: OutputOption = Output.TABLE
) -> None:
    """Put the publication before the current one back; twice goes back two. The next nightly run publishes anew."""
    store = SqliteCluster(open_state(state).store)
    record = roll_publication_back(lake_access(store, transforming_pipeline(store, pipeline)))
    published = published_tables(record.snapshots)
    if output is Output.JSON:
        print_json(
            {"run_id": record.run_id, "run_date": record.run_date, "published": [asdict(table) for table in published]}
        )
        return
    answers.print(f"Readers see run {record.run_id} of {record.run_date} again.")
    answers.print(published_table(published))
