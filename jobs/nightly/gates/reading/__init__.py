"""How each gate measures: by SQL on the audited snapshots, or from the tables' metadata."""
