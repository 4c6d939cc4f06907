{# One MERGE after which the table `target` equals the query `sql` in the partitions that the run makes again
   (`bound_by`: the partition column, bounded by literals, so that the engine prunes when it plans) or, without
   `bound_by`, everywhere. By the model's `unique_key` it inserts, updates a row only if something in it differs (a rerun
   of the same day writes nothing), and deletes what the query does not yield any more.

   A model that `takes_new_rows` yields only those while the run `is_limited_to_arrivals`; `merge_source` says what is
   deleted then. The first arrival of an event wins over what silver has (`first_arrival_wins`): a copy that comes days
   later changes nothing. #}
{% macro bounded_merge(target, sql, retracts_accepted=true) -%}
    {%- set columns = model.columns.values() | map(attribute='name') | list -%}
    {%- set keys = key_columns() -%}
    merge into {{ target }} as existing
    using ({{ merge_source(target, sql, columns, keys, retracts_accepted) }}) as incoming
    on {% for key in keys %}existing.{{ key }} = incoming.{{ key }} and {% endfor %}
    {{- 'true' if config.get('accepted_in') else partition_bound() }}
    when matched and incoming.is_gone then delete
    when matched and {{ update_condition(columns, keys) }} then update set
        {% for column in columns if column not in keys -%}
            {{ column }} = incoming.{{ column }}{{ ', ' if not loop.last }}
        {%- endfor %}
    when not matched and not incoming.is_gone then insert ({{ columns | join(', ') }})
        values ({% for column in columns %}incoming.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{# Columns of the model's `unique_key`. #}
{% macro key_columns() -%}
    {%- set unique_key = config.require('unique_key') -%}
    {{ return([unique_key] if unique_key is string else unique_key) }}
{%- endmacro %}

{# Condition on `existing` that no partition outside the run's days fulfils; true where the model names no `bound_by`.
   #}
{% macro partition_bound() -%}
    {%- set bound_by = config.get('bound_by') -%}
    {%- if bound_by == 'event_date' -%}
        {{ return(rows_of_touched_days('existing.event_date') ~ ' and ' ~ table_rows_of_chunk()) }}
    {%- elif bound_by == 'month_start' -%}
        {{ return(monthly_rows_of_touched_months('existing.month_start')) }}
    {%- elif bound_by == 'feature_date' -%}
        {#- Dates that are not made any more go: they were to be scored once, or customers have withdrawn consent. -#}
        {{ return("existing.feature_date <= date '" ~ (feature_dates() | max) ~ "'") }}
    {%- elif bound_by -%}
        {{ exceptions.raise_compiler_error('bound_by is event_date, month_start or feature_date, not ' ~ bound_by) }}
    {%- else -%}
        {{ return('true') }}
    {%- endif -%}
{%- endmacro %}

{# True for a row that differs and, where the first arrival wins over what silver has, did not arrive after it. #}
{% macro update_condition(columns, keys) -%}
    {%- if config.get('first_arrival_wins') and is_partial() -%}
        incoming._bronze_ingested_at <= existing._bronze_ingested_at and
    {%- endif %} (
    {%- for column in columns if column not in keys -%}
        existing.{{ column }} is distinct from incoming.{{ column }}{{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}

{# True when the model's query does not yield all rows of the partitions that it is compared with. #}
{% macro is_partial() -%}
    {{ return(config.get('takes_new_rows', false) and is_limited_to_arrivals()) }}
{%- endmacro %}
