"""From rows to the table: data files, and one commit with its offsets."""
