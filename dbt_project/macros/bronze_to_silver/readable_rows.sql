{# Rows of a bronze table of the CRM, without those that have a value outside the contract: what is missing in them is no
   null of the source. Until it is corrected there, the version before holds. The gate `validity` counts them. #}
{% macro readable_rows(name) -%}
    select * from {{ bronze_table(name) }} where _unreadable_values is null
{%- endmacro %}
