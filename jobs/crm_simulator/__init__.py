"""A CRM and billing database that lives: seeded, and changed day by day like a carrier's own."""
