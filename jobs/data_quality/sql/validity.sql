with counted as (
    select 'silver_calls' as subject,
        (select count(*) from $silver_silver_calls where _bronze_ingested_at >= $window_start) as accepted,
        (select count(*) from $silver_silver_calls_quarantine where _bronze_ingested_at >= $window_start) as rejected,
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_calls_quarantine where _bronze_ingested_at >= $window_start) as reason
    union all
    select 'silver_sms',
        (select count(*) from $silver_silver_sms where _bronze_ingested_at >= $window_start),
        (select count(*) from $silver_silver_sms_quarantine where _bronze_ingested_at >= $window_start),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_sms_quarantine where _bronze_ingested_at >= $window_start)
    union all
    select 'silver_data_sessions',
        (select count(*) from $silver_silver_data_sessions where _bronze_ingested_at >= $window_start),
        (select count(*) from $silver_silver_data_sessions_quarantine where _bronze_ingested_at >= $window_start),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_data_sessions_quarantine where _bronze_ingested_at >= $window_start)
    union all
    select 'silver_network_probes',
        (select count(*) from $silver_silver_network_probes where _bronze_ingested_at >= $window_start),
        (select count(*) from $silver_silver_network_probes_quarantine where _bronze_ingested_at >= $window_start),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_network_probes_quarantine where _bronze_ingested_at >= $window_start)
)

select
    subject,
    if(accepted + rejected = 0, 0e0, cast(rejected as double) / (accepted + rejected)) as value,
    concat(cast(rejected as varchar), ' rows in quarantine, the newest for ', coalesce(reason, 'no reason')) as detail
from counted
