-- Load is a share of the radio resource: 0 to 100 %.
select tower_id, hour_start, peak_load_percent
from {{ ref('agg_tower_hourly_utilization') }}
where {{ arrived_in_window() }} and (mean_load_percent not between 0 and 100 or peak_load_percent not between 0 and 100)
