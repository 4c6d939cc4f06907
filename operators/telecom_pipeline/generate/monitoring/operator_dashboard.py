"""Dashboard about the operator itself."""

from contracts import metric_names as names
from operators.telecom_pipeline.generate.monitoring.dashboard import Dashboard, Panel, Query
from operators.telecom_pipeline.generate.monitoring.selectors import highest_by

_WINDOW = "[$__rate_interval]"


def _rate(metric: str, label: str) -> str:
    return f"sum by ({label}) (rate({metric}{_WINDOW}))"


def _quantile(share: float, histogram: str) -> str:
    return f"histogram_quantile({share}, sum by (le) (rate({histogram}_bucket{_WINDOW})))"


OPERATOR = Dashboard(
    "telecom-operator",
    "Telecom: operator",
    names.OPERATOR_PIPELINE_CONDITION,
    (
        Panel(
            "Conditions",
            "1 while a condition of a pipeline is True.",
            "short",
            (
                Query(
                    highest_by(names.OPERATOR_PIPELINE_CONDITION, "pipeline", "type", matchers=('status="True"',)),
                    "{{pipeline}} {{type}}",
                ),
            ),
        ),
        Panel(
            "Stages",
            "Share of a stage's children that are ready.",
            "percentunit",
            (Query(highest_by(names.OPERATOR_STAGE_READY_RATIO, "pipeline", "stage"), "{{pipeline}} {{stage}}"),),
        ),
        Panel(
            "Passes",
            "Per second, by result: the reason of Ready, or Error.",
            "ops",
            (Query(_rate(names.OPERATOR_RECONCILES, "result"), "{{result}}"),),
        ),
        Panel(
            "Time of a pass",
            "Reads come from watches: a pass that writes nothing takes milliseconds.",
            "s",
            (
                Query(_quantile(0.5, names.OPERATOR_RECONCILE_SECONDS), "median"),
                Query(_quantile(0.99, names.OPERATOR_RECONCILE_SECONDS), "p99"),
            ),
        ),
        Panel(
            "From event to pass",
            "From the moment a change is seen to the end of the pass that takes it into account.",
            "s",
            (Query(_quantile(0.99, names.OPERATOR_EVENT_TO_RECONCILE_SECONDS), "p99"),),
        ),
        Panel(
            "Drift corrected",
            "Fields per second that somebody else had changed and the operator restored.",
            "ops",
            (Query(_rate(names.OPERATOR_DRIFT_CORRECTIONS, "kind"), "{{kind}}"),),
        ),
        Panel(
            "Calls to the API server",
            "Per second; close to zero while nothing changes.",
            "ops",
            (Query(_rate(names.OPERATOR_API_CALLS, "method, code"), "{{method}} {{code}}"),),
        ),
        Panel(
            "Leaders",
            "There must be exactly one, or nothing is reconciled.",
            "short",
            (Query(f"sum({names.OPERATOR_LEADER})", "leaders"),),
        ),
        Panel(
            "Age of the stalest watch",
            "Liveness fails at three minutes.",
            "s",
            (Query(f"max by (pod) ({names.OPERATOR_WATCH_AGE_SECONDS})", "{{pod}}"),),
        ),
    ),
)
