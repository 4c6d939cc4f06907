"""PromQL over the metrics of `contracts.metric_names`, which a dashboard's variables narrow to a pipeline."""

# Labels that a scrape adds: the PodMonitor of the operator's chart takes the pipeline from the pod's label.
TARGET_LABELS = ("namespace", "pipeline", "pod", "job", "instance")
CHOSEN = 'namespace=~"$namespace", pipeline=~"$pipeline"'
OF_PIPELINE = "namespace, pipeline"


def chosen(metric: str, *matchers: str) -> str:
    """The metric of the pipelines that the dashboard's variables select."""
    return f"{metric}{{{', '.join((CHOSEN, *matchers))}}}"


def rate_by(metric: str, *labels: str, matchers: tuple[str, ...] = ()) -> str:
    """Growth of a counter per second, by its labels."""
    return f"sum by ({', '.join(labels)}) (rate({chosen(metric, *matchers)}[$__rate_interval]))"


def highest_by(metric: str, *labels: str, matchers: tuple[str, ...] = ()) -> str:
    """Largest value of a gauge, by its labels."""
    return f"max by ({', '.join(labels)}) ({chosen(metric, *matchers)})"


def lowest_by(metric: str, *labels: str) -> str:
    """Smallest value of a gauge, by its labels."""
    return f"min by ({', '.join(labels)}) ({chosen(metric)})"


def sum_by(metric: str, *labels: str) -> str:
    """Sum of a gauge, by its labels."""
    return f"sum by ({', '.join(labels)}) ({chosen(metric)})"


def quantile_by(share: float, histogram: str, *labels: str) -> str:
    """Quantile of a histogram, by its labels."""
    buckets = f"sum by ({', '.join(('le', *labels))}) (rate({chosen(f'{histogram}_bucket')}[$__rate_interval]))"
    return f"histogram_quantile({share}, {buckets})"
