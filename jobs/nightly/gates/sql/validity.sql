with counted as (
    select 'silver_calls' as subject,
        (select count(*) from $silver_silver_calls where $on_touched_days) as accepted,
        (select count(*) from $silver_silver_calls_quarantine where $on_touched_days) as rejected,
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_calls_quarantine where $on_touched_days) as reason
    union all
    select 'silver_sms',
        (select count(*) from $silver_silver_sms where $on_touched_days),
        (select count(*) from $silver_silver_sms_quarantine where $on_touched_days),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_sms_quarantine where $on_touched_days)
    union all
    select 'silver_data_sessions',
        (select count(*) from $silver_silver_data_sessions where $on_touched_days),
        (select count(*) from $silver_silver_data_sessions_quarantine where $on_touched_days),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_data_sessions_quarantine where $on_touched_days)
    union all
    select 'silver_network_probes',
        (select count(*) from $silver_silver_network_probes where $on_touched_days),
        (select count(*) from $silver_silver_network_probes_quarantine where $on_touched_days),
        (select max_by(reason, _bronze_ingested_at) from $silver_silver_network_probes_quarantine where $on_touched_days)
)

select
    subject,
    if(accepted + rejected = 0, 0e0, cast(rejected as double) / (accepted + rejected)) as value,
    concat(cast(rejected as varchar), ' rows in quarantine, the newest for ', coalesce(reason, 'no reason')) as detail
from counted
