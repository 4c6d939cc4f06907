"""What the model sends in a stretch of time, including faults and frauds. Seeded and pure."""
