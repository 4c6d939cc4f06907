"""From records to rows: offsets, parsing, buffers. Pure but for the question to Kafka."""
