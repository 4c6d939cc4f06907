{{ config(unique_key='date_key') }}

{# Every day from 2020 to 2035. The fiscal year starts in month `fiscal_year_first_month` and is named after the
   calendar year it ends in. #}

with days as (
    select cast(day as date) as date_day
    from unnest(sequence(date '2020-01-01', date '2035-12-31', interval '1' day)) as calendar (day)
),

fiscal as (
    select
        date_day,
        date_add('month', {{ (13 - run_setting('fiscal_year_first_month')) % 12 }}, date_day) as fiscal_date
    from days
)

select
    {{ date_key('date_day') }} as date_key,
    date_day,
    cast(year(date_day) as integer) as calendar_year,
    cast(quarter(date_day) as integer) as calendar_quarter,
    cast(month(date_day) as integer) as month_of_year,
    format_datetime(date_day, 'MMMM') as month_name,
    cast(week_of_year(date_day) as integer) as iso_week,
    cast(day_of_week(date_day) as integer) as day_of_week,
    format_datetime(date_day, 'EEEE') as day_name,
    day_of_week(date_day) >= 6 as is_weekend,
    cast(date_trunc('month', date_day) as date) as month_start,
    cast(year(fiscal_date) as integer) as fiscal_year,
    cast(quarter(fiscal_date) as integer) as fiscal_quarter,
    concat(
        'FY', cast(year(fiscal_date) as varchar), ' Q', cast(quarter(fiscal_date) as varchar)
    ) as fiscal_quarter_name,
    {{ fiscal_quarter_start('date_day') }} as fiscal_quarter_start
from fiscal
