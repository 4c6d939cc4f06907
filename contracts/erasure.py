"""What the job that erases a person and the operator that gives it rights agree on."""

# Consumer group of its clients; it commits no offsets.
ERASURE_GROUP = "privacy-erasure"
