"""Who is likely to leave: scores from gold's features, written to gold and back to the CRM."""
