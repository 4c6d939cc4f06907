from telecom.pipelines.metrics import parse

PAGE = """# TYPE telecom_sink_lag_records gauge
telecom_sink_lag_records{topic="call_events",partition="0"} 3
telecom_sink_lag_records{topic="call_events",partition="1"} 4
# TYPE telecom_sink_freshness_seconds gauge
telecom_sink_freshness_seconds{topic="call_events"} 1.5
telecom_sink_freshness_seconds{topic="sms_events"} 2.5
"""


def test_samples_of_all_labels_are_added_or_compared() -> None:
    page = parse(PAGE)
    assert page.total("telecom_sink_lag_records") == 7
    assert page.lowest("telecom_sink_freshness_seconds") == 1.5


def test_a_metric_that_is_not_there_is_unknown_and_not_zero() -> None:
    page = parse(PAGE)
    assert page.total("telecom_sink_rows_total") is None
    assert page.lowest("telecom_sink_rows_total") is None
