{# A phone number as E.164 without '+', whatever spelling it came in; null where it is no number. The rules, one for
   each spelling of the pipeline's country, come with the run (contracts/phone_numbers.py applies the same in Python).
   Events hold their numbers in this form already; the CRM's are typed by people. #}
{% macro normalised_number(column) -%}
    {%- set spelling = run_setting('phone_numbers') -%}
    regexp_extract(coalesce(
        {%- for rule in spelling['rules'] -%}
            '{{ rule['prefix'] }}' || regexp_extract({{ without_separators(column) }}, '^{{ rule['pattern'] }}$', 1)
            {{- ', ' if not loop.last }}
        {%- endfor -%}
    ), '^[1-9][0-9]{6,14}$')
{%- endmacro %}
