-- Age of the newest arrival as a share of what is allowed: an hour for streams, a day and two hours for batches.
with newest as (
    select 'call_events' as subject, max(_bronze_ingested_at) as arrived_at, 1 as allowed_hours
    from $bronze_call_events where _bronze_ingested_at >= $window_start
    union all
    select 'sms_events', max(_bronze_ingested_at), 1 from $bronze_sms_events where _bronze_ingested_at >= $window_start
    union all
    select 'data_session_events', max(_bronze_ingested_at), 1
    from $bronze_data_session_events where _bronze_ingested_at >= $window_start
    union all
    select concat('network_probe_events in ', coalesce(region, 'any region')), max(_bronze_ingested_at), 1
    from $bronze_network_probe_events where _bronze_ingested_at >= $window_start
    group by grouping sets ((region), ())
    union all
    select 'crm_customers', max(_bronze_ingested_at), 26 from $bronze_crm_customers
    union all
    select 'invoices', max(_bronze_ingested_at), 26 from $bronze_invoices
)

select
    subject,
    -- Nothing in the whole window is as old as the window.
    coalesce(
        date_diff('second', arrived_at, $now) / 3600e0,
        date_diff('second', $window_start, $now) / 3600e0
    ) / allowed_hours as value,
    concat('newest arrival ', coalesce(cast(arrived_at as varchar), 'before the window')) as detail
from newest
