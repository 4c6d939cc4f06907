-- Records that arrived in the judged hours, by day of arrival: all, the late ones, and those of them that an outage held
-- up. Late: more than so many minutes after the record could have been sent, which is when a call or session ended.
-- Outage: as many minutes in which nothing of the topic arrived. It held up what could have been sent in it, or while it
-- was caught up with, which may take a part of its length. When an outage began that began before the window, nobody
-- knows.
with records as (
    {records}
),

minutes as (
    select distinct topic, date_trunc('minute', arrived_at) as at from records
),

pauses as (
    select topic, lag(at) over (partition by topic order by at) as began, at as ended from minutes
),

outages as (
    select
        topic,
        array_agg(array[
            coalesce(to_unixtime(began), 0e0),
            to_unixtime(ended)
            + $catch_up_share * (to_unixtime(ended) - to_unixtime(coalesce(began, $arrivals_since)))
        ]) as periods
    from pauses
    where date_diff('minute', coalesce(began, $arrivals_since), ended) >= $late_after_minutes
    group by topic
),

counted as (
    select
        topic,
        cast(arrived_at at time zone $time_zone as date) as day,
        is_late,
        to_unixtime(if(is_late, date_trunc('minute', sendable_at))) as sendable_at,
        to_unixtime(if(is_late, date_trunc('minute', arrived_at))) as arrived_at,
        count(*) as records
    from (
        select *, arrived_at > date_add('minute', $late_after_minutes, sendable_at) as is_late
        from records
        where arrived_at >= $judged_start and arrived_at < $judged_until
    )
    group by 1, 2, 3, 4, 5
)

select
    counted.topic,
    counted.day,
    sum(records) as arrived,
    coalesce(sum(records) filter (where is_late), 0) as late,
    coalesce(sum(records) filter (where is_late and any_match(
        outages.periods,
        period ->
            sendable_at >= period[1] - 60 * $late_after_minutes
            and sendable_at < period[2]
            and counted.arrived_at <= period[2] + 60 * $late_after_minutes
    )), 0) as held_up
from counted
left join outages on outages.topic = counted.topic
group by counted.topic, counted.day
