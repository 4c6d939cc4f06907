{# Event days (YYYY-MM-DD) that a run makes again in the model's table; none means all. A table's first run makes all
   days. #}
{% macro days_of_run() -%}
    {{ return(given_days(this.schema) if is_incremental() else none) }}
{%- endmacro %}

{# Event days that the run was told to make again in a layer, none if it was told none. In silver these are the days that
   new rows fall into; in gold also those that a changed dimension restates. #}
{% macro given_days(schema) -%}
    {%- set restated = run_setting('gold_days') if schema == 'gold' else none -%}
    {{ return(run_setting('touched_days') if restated is none else restated) }}
{%- endmacro %}
