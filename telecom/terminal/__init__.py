"""What a person or a program sees: answers, notices, tables, progress."""
