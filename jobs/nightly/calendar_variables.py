"""What dbt is told of a pipeline's calendar and of how phone numbers are written in its country, and the digest by
which a run notices that it is told something else than the run before.
"""

import hashlib
import json
from collections.abc import Mapping

from contracts.calendar import Calendar
from jobs.runtime.dialling import spelling_in


def calendar_variables(calendar: Calendar) -> dict[str, object]:
    """Variables of the dbt project for a calendar. Raises `UnknownNumberingError`."""
    chosen = calendar.model_dump(include={"time_zone", "country", "fiscal_year_first_month"})
    return {**chosen, "phone_numbers": spelling_in(calendar.country).model_dump(mode="json")}


def build_digest(project_digest: str, variables: Mapping[str, object]) -> str:
    """SHA-256 over the dbt project and the variables that stay the same from run to run: two runs with the same digest
    make the same tables of silver from the same bronze.

    Public holidays are not among them: only `dim_date` has any, and each run makes it as a whole.
    """
    stable = json.dumps([project_digest, variables], sort_keys=True)
    return hashlib.sha256(stable.encode()).hexdigest()
