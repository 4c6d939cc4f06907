from dbt_project.make_towers_seed import SEED_FILE, TOWER_COUNT, seed_csv


def test_the_committed_seed_is_what_the_network_model_gives():
    assert SEED_FILE.read_text() == seed_csv()
    assert TOWER_COUNT >= 500
