"""What all parts agree on: events, topics, tables, settings and metric names."""
