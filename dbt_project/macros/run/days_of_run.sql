{# Event days (YYYY-MM-DD) that a run makes again in the model's table; none means all. In silver these are the days that
   new rows fall into; in gold also those that a changed dimension restates. A table's first run makes all days. #}
{% macro days_of_run() -%}
    {%- if not is_incremental() -%} {{ return(none) }} {%- endif -%}
    {%- set restated = run_setting('gold_days') if this.schema == 'gold' else none -%}
    {{ return(run_setting('touched_days') if restated is none else restated) }}
{%- endmacro %}
