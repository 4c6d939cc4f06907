select 'bronze.call_events' as subject, cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double) as value
from $bronze_call_events where $at_touched_times
union all
select 'bronze.sms_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_sms_events where $at_touched_times
union all
select 'bronze.data_session_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_data_session_events where $at_touched_times
union all
select 'bronze.network_probe_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_network_probe_events where $at_touched_times
union all
select 'silver.silver_calls', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_calls where $on_touched_days
union all
select 'silver.silver_sms', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_sms where $on_touched_days
union all
select 'silver.silver_data_sessions', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_data_sessions where $on_touched_days
union all
select 'gold.fact_calls', cast(count(*) - count(distinct call_id) as double)
from $gold_fact_calls where $on_touched_days
