{{ config(unique_key='date_key') }}

{# Every day from the first event's year on, with no end in sight: a night later the last year is a year later. The
   fiscal year starts in month `fiscal_year_first_month` and is named after the calendar year it ends in. An ISO week
   belongs to the year that most of its days are in. #}

with days as (
    {{ calendar_days() }}
),

holidays as (
    {{ public_holidays() }}
),

dated as (
    select
        days.date_day,
        date_add('month', {{ (13 - run_setting('fiscal_year_first_month')) % 12 }}, days.date_day) as fiscal_date,
        cast(holidays.holiday_name as varchar) as public_holiday_name
    from days
    left join holidays on holidays.date_day = days.date_day
)

select
    {{ date_key('date_day') }} as date_key,
    date_day,
    cast(year(date_day) as integer) as calendar_year,
    cast(quarter(date_day) as integer) as calendar_quarter,
    cast(month(date_day) as integer) as month_of_year,
    format_datetime(date_day, 'MMMM') as month_name,
    cast(year_of_week(date_day) as integer) as iso_year,
    cast(week_of_year(date_day) as integer) as iso_week,
    cast(day_of_week(date_day) as integer) as day_of_week,
    format_datetime(date_day, 'EEEE') as day_name,
    day_of_week(date_day) >= 6 as is_weekend,
    public_holiday_name is not null as is_public_holiday,
    public_holiday_name,
    cast(date_trunc('month', date_day) as date) as month_start,
    cast(year(fiscal_date) as integer) as fiscal_year,
    cast(quarter(fiscal_date) as integer) as fiscal_quarter,
    concat(
        'FY', cast(year(fiscal_date) as varchar), ' Q', cast(quarter(fiscal_date) as varchar)
    ) as fiscal_quarter_name,
    {{ fiscal_quarter_start('date_day') }} as fiscal_quarter_start
from dated
