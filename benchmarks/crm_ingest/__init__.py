"""How fast the CRM's ingestor is, and how much memory it takes, as tables grow."""
