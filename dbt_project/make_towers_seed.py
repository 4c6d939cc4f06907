"""Write seeds/towers_seed.csv from the network model of the producers: `python -m dbt_project.make_towers_seed`.

The seed is the warehouse's copy of the planning database; the network is the same as the producers' for the default
tower count of a TelecomPipeline.
"""

import csv
import io
from pathlib import Path

from jobs.producers.model.towers import build_towers

TOWER_COUNT = 500
SEED_FILE = Path(__file__).parent / "seeds" / "towers_seed.csv"
HEADER = ("tower_id", "region", "city", "latitude", "longitude", "radio_access", "capacity_users")


def seed_csv(tower_count: int = TOWER_COUNT) -> str:
    """The seed's text: one line per tower, in order of id."""
    network = build_towers(tower_count)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for row, tower_id in enumerate(network.tower_ids):
        city = network.cities[network.city_of[row]]
        position = (f"{network.latitude[row]:.5f}", f"{network.longitude[row]:.5f}")
        writer.writerow(
            (tower_id, city.region, city.name, *position, network.radio_access[row], network.capacity_users[row])
        )
    return text.getvalue()


if __name__ == "__main__":
    SEED_FILE.write_text(seed_csv())
