"""From nothing to a given moment."""

import datetime as dt

from psycopg2.extensions import connection as Connection

from jobs.crm_simulator.database import create_tables, live_day, populate


def live_until(connection: Connection, seed: int, customer_count: int, first_day: dt.date, until: dt.datetime) -> int:
    """Create, populate, and live every day from `first_day` up to the moment `until`; return how many brought news.

    Nothing is stamped at or after `until`. A later call goes on from there, also in the middle of a day.
    """
    create_tables(connection)
    populate(connection, seed, customer_count, first_day)
    last_day = until.astimezone(dt.UTC).date()
    days = (first_day + dt.timedelta(days=offset) for offset in range((last_day - first_day).days + 1))
    return sum(live_day(connection, seed, customer_count, day, until) for day in days)
