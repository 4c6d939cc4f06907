select
    '{silver}' as subject,
    if(rejected < $min_rows, 0e0, cast(rejected as double) / (accepted + rejected)) as value,
    concat(cast(rejected as varchar), ' rows in quarantine, the newest for ', coalesce(reason, 'no reason')) as detail
from (select count(*) as accepted from $silver_{silver} where $on_touched_days)
cross join (
    select count(*) as rejected, max_by(reason, _bronze_ingested_at) as reason
    from $silver_{silver}_quarantine where $on_touched_days
)
