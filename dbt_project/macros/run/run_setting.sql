{# What differs from run to run, by name. The nightly run hands it over in the environment (TELECOM_RUN, JSON), because
   dbt parses the whole project again whenever its --vars differ; by hand, `--vars` does the same. #}
{% macro run_setting(name) -%}
    {%- set given = fromjson(env_var('TELECOM_RUN', '{}')) if execute else {} -%}
    {{ return(given[name] if name in given else var(name)) }}
{%- endmacro %}
