{{ readable_rows('network_towers') }}
