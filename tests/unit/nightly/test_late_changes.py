"""From when on a version holds is one rule, which dbt's macro and the nightly run's plan both write down."""

import re
from pathlib import Path

from jobs.nightly.late_changes import HOLDS_FROM

MACRO = Path(__file__).parents[3] / "dbt_project/macros/bronze_to_silver/version_history.sql"


def test_a_version_holds_from_the_same_moment_in_silver_and_in_what_is_restated():
    (rule,) = re.findall(r"{% macro holds_from\(\) -%}(.*?){%- endmacro %}", MACRO.read_text(), re.DOTALL)
    assert " ".join(rule.split()) == HOLDS_FROM
