"""What the model sends in a stretch of time, faults and frauds included. Seeded and pure."""
