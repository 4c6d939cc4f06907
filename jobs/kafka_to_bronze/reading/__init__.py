"""From records to rows: offsets, parsing, buffers. Pure, except for `kafka_topics`."""
