"""The modelled carrier: places, towers, subscribers, tariffs. Seeded and pure."""
