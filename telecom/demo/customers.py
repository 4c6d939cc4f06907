"""The history of the carrier's customers, who move, change plans, pay late and leave, up to today."""

import subprocess
import sys

from local.artefacts.versions import REPOSITORY
from local.errors import LocalError
from local.services.crm import CRM_OBJECT, settings_file
from local.supervisor.machine import base_environment
from telecom.demo.crm_credentials import crm_credentials
from telecom.pipelines.up import RunningPipeline

LIVE_SECONDS = 900


class CustomersError(LocalError):
    """The CRM has no credentials, or its simulator failed."""


def simulate_until_today(pipeline: RunningPipeline) -> None:
    """Simulate the days that are missing, up to today. Raises `CustomersError`."""
    # It gives way to what the demo measures meanwhile.
    command = ["nice", sys.executable, "-m", "jobs.crm_simulator", "--settings", str(settings_file(pipeline.state))]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=base_environment() | _credentials(pipeline),
        timeout=LIVE_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CustomersError("simulate the customers up to today", done.stderr[-1500:], "telecom logs crm")


def _credentials(pipeline: RunningPipeline) -> dict[str, str]:
    credentials = crm_credentials(pipeline.cluster, pipeline.resource.pipeline.namespace, CRM_OBJECT)
    if credentials is None:
        raise CustomersError("simulate the customers up to today", "the CRM has no credentials yet", "telecom status")
    return credentials
