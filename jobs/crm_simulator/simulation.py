"""From nothing to a given day."""

import datetime as dt

from psycopg2.extensions import connection as Connection

from jobs.crm_simulator.database import create_tables, live_day, populate


def live_until(connection: Connection, seed: int, customer_count: int, first_day: dt.date, last_day: dt.date) -> int:
    """Create, populate, and live every day from `first_day` to `last_day`; return how many days were new."""
    create_tables(connection)
    populate(connection, seed, customer_count, first_day)
    days = (first_day + dt.timedelta(days=offset) for offset in range((last_day - first_day).days + 1))
    return sum(live_day(connection, seed, customer_count, day) for day in days)
