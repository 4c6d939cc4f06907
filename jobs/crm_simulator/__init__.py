"""A CRM and billing database with a life: seeded, and changed day by day like a carrier's own."""
