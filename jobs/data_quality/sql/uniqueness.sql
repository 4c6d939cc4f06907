select 'bronze.call_events' as subject, cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double) as value
from $bronze_call_events where _bronze_ingested_at >= $window_start
union all
select 'bronze.sms_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_sms_events where _bronze_ingested_at >= $window_start
union all
select 'bronze.data_session_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_data_session_events where _bronze_ingested_at >= $window_start
union all
select 'bronze.network_probe_events', cast(count(*) - count(distinct (_kafka_partition, _kafka_offset)) as double)
from $bronze_network_probe_events where _bronze_ingested_at >= $window_start
union all
select 'silver.silver_calls', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_calls where _bronze_ingested_at >= $window_start
union all
select 'silver.silver_sms', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_sms where _bronze_ingested_at >= $window_start
union all
select 'silver.silver_data_sessions', cast(count(*) - count(distinct event_id) as double)
from $silver_silver_data_sessions where _bronze_ingested_at >= $window_start
union all
select 'gold.fact_calls', cast(count(*) - count(distinct call_id) as double)
from $gold_fact_calls where _bronze_ingested_at >= $window_start
