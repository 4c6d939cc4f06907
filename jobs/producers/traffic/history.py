"""The traffic of the past, which is there once: the same days have the same records, whenever they are sent.

Ticks are counted from 1970 and not from the start of a run, and event ids carry a digest of all settings that records
depend on. So a history that is sent again, later, or from an earlier day on has the same events under the same ids.
"""

import hashlib

from contracts.settings import CdrHistorySettings
from jobs.producers.model.load_curve import SECONDS_PER_DAY
from jobs.producers.traffic.activity import Network
from jobs.producers.traffic.cdr_traffic import CdrTraffic
from jobs.producers.traffic.ticks import MS_PER_SECOND, Ticks

# So many records are generated at once: enough to be quick, few enough to be small.
RECORDS_PER_TICK = 20_000
HOURS_PER_TICK = (24, 12, 6, 3, 2, 1)
# What says which part of the history is sent, and how fast; all other settings say what is in it.
_OF_THE_SENDING = {"kafka", "start_time", "speed"}


def history_traffic(settings: CdrHistorySettings, network: Network) -> CdrTraffic:
    """Traffic of all time."""
    ticks = Ticks(0, tick_ms(settings.events_per_second))
    return CdrTraffic(settings, network, ticks, history_id_prefix(settings), settings.user_count)


def tick_ms(events_per_second: float) -> int:
    """A day, or the part of it that has about `RECORDS_PER_TICK` records; an hour at least."""
    seconds_of = {hours: hours * SECONDS_PER_DAY // 24 for hours in HOURS_PER_TICK}
    fitting = (seconds for seconds in seconds_of.values() if seconds * events_per_second <= RECORDS_PER_TICK)
    return next(fitting, min(seconds_of.values())) * MS_PER_SECOND


def history_id_prefix(settings: CdrHistorySettings) -> str:
    """Prefix of the event ids: the same for settings that give the same records, also if later versions know more."""
    content = settings.model_dump_json(exclude=_OF_THE_SENDING, exclude_defaults=True)
    return hashlib.blake2b(f"history/{content}".encode(), digest_size=6).hexdigest()
