"""What the erasure of a person and those who give it rights agree on."""

# Consumer group by which its clients log in; it commits no offsets.
ERASURE_GROUP = "privacy-erasure"
