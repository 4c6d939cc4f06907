"""Copies what changed in CRM, billing and inventory into bronze."""

import datetime as dt
from contextlib import closing

from jobs.crm_simulator.inventory import build_inventory
from jobs.runtime.postgres import connect
from local.services.crm import CRM_OBJECT
from operators.telecom_pipeline.pipeline.sources import network_tower_count, simulators_of
from telecom.access.lake_access import lake_access
from telecom.batch.job_names import BatchJob
from telecom.batch.job_runs import FinishedRun, run_to_success
from telecom.pipelines.follow import Tell
from telecom.pipelines.local_pipeline import LocalPipeline


def run_ingest(target: LocalPipeline, tell: Tell) -> FinishedRun:
    """Run the job until it has ended. Raises `FailedRunError`, `BatchRunError`.

    If the pipeline simulates its network and has this machine's simulated CRM, the inventory there gets the towers of
    the pipeline first.
    """
    if simulators_of(target.pipeline.spec) and _has_simulated_crm(target):
        access = lake_access(target.store, target.pipeline, target.state.run)
        with closing(connect(access.settings.database, access.credentials)) as connection:
            tower_count = network_tower_count(target.pipeline.spec.sources)
            build_inventory(connection, tower_count, dt.datetime.now(dt.UTC))
    return run_to_success(target, BatchJob.INGEST.component, tell)


def _has_simulated_crm(target: LocalPipeline) -> bool:
    transform = target.pipeline.spec.transform
    reference = transform.crm.connection_ref if transform else None
    return reference is not None and reference.name == CRM_OBJECT
