-- Late: more than an hour between the event and its arrival. Limit: 5 %.
select topic as subject, if(arrived = 0, 0e0, cast(late as double) / arrived) / 0.05e0 as value,
    concat(cast(late as varchar), ' of ', cast(arrived as varchar), ' events late') as detail
from (
    select 'call_events' as topic, count(*) as arrived, count_if(_bronze_ingested_at > event_time + interval '1' hour) as late
    from $bronze_call_events where _bronze_ingested_at >= $window_start
    union all
    select 'sms_events', count(*), count_if(_bronze_ingested_at > event_time + interval '1' hour)
    from $bronze_sms_events where _bronze_ingested_at >= $window_start
    union all
    select 'data_session_events', count(*), count_if(_bronze_ingested_at > event_time + interval '1' hour)
    from $bronze_data_session_events where _bronze_ingested_at >= $window_start
    union all
    select 'network_probe_events', count(*), count_if(_bronze_ingested_at > event_time + interval '1' hour)
    from $bronze_network_probe_events where _bronze_ingested_at >= $window_start
)
