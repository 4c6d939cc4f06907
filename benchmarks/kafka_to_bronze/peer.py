"""The peer: a plain sink as public demos write it, on the same topic, catalog and store.

One `poll` a message, `json.loads`, a list of dicts, `append` of an inferred Arrow table per batch, offsets committed to
the consumer group afterwards (so neither exactly once nor guarded against a bad record).
"""

import json
import os
import sys
import time
from pathlib import Path

import pyarrow as pa
from confluent_kafka import Consumer

from contracts.settings import SinkSettings
from jobs.runtime.iceberg import open_catalog

BATCH_RECORDS = 10_000


def main(settings_file: str, event_count: int) -> None:
    """Read `event_count` events into a table of its own; prints seconds and CPU seconds as JSON."""
    settings = SinkSettings.model_validate_json(Path(settings_file).read_bytes())
    catalog = open_catalog(settings.catalog, settings.s3, os.environ)
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka.bootstrap_servers,
            "group.id": settings.consumer_group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe(list(settings.topics))
    catalog.create_namespace_if_not_exists(settings.namespace)
    table, batch, done = None, [], 0
    started = cpu_started = 0.0
    while done < event_count:
        message = consumer.poll(1.0)
        if message is None or message.error():
            continue
        if not started:
            started, cpu_started = time.monotonic(), time.process_time()
        batch.append(json.loads(message.value() or b""))
        if len(batch) == BATCH_RECORDS:
            rows = pa.Table.from_pylist(batch)
            if table is None:
                table = catalog.create_table((settings.namespace, "peer"), rows.schema)
            table.append(rows)
            consumer.commit(asynchronous=False)
            done, batch = done + len(batch), []
    print(json.dumps({"seconds": time.monotonic() - started, "cpu_seconds": time.process_time() - cpu_started}))
    consumer.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
