-- Regions that towers say in their readings and that no tower of the inventory stands in. Without an inventory, none is
-- known to be wrong.
select region, count(distinct tower_id) as towers, min(tower_id) as example
from $silver_silver_network_probes
where
    $on_touched_days
    and region not in (select region from $gold_dim_towers where region is not null)
    and exists (select 1 from $gold_dim_towers)
group by region
order by towers desc, region
limit 10
