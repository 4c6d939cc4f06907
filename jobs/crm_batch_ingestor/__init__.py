"""CRM and billing into bronze: new row versions since the last run, and tombstones for rows that are gone."""
