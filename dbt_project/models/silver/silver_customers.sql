{{ config(unique_key=['customer_id', 'changed_at']) }}

{# One row per customer and moment of change, each with everything that was true from then on: the histories of
   customer and account woven into one. A customer with new entries is woven again from the whole history, so the order
   of arrival does not matter; of several changes in the same instant the last transaction counts. #}

with accounts as (
    -- A tombstone knows only its key; the owner is in the account's other versions.
    select
        *,
        coalesce(customer_id, max(customer_id) over (partition by account_id)) as owner_id
    from {{ ref('bronze_crm_accounts') }}
),

affected as (
    select customer_id from {{ ref('bronze_crm_customers') }} where {{ bronze_changes_of_run() }}
    union distinct
    select owner_id from accounts where {{ bronze_changes_of_run() }}
),

customer_versions as (
    select
        customer_id,
        coalesce(updated_at, _bronze_ingested_at) as changed_at,
        cast(
            row(
                full_name, email, msisdn, address_line, city, region,
                postal_code, birth_year, segment, created_at,
                _source_deleted
            )
            as row(
                full_name varchar, email varchar, msisdn varchar, address_line varchar, city varchar, region varchar,
                postal_code varchar, birth_year integer, segment varchar, created_at timestamp(6) with time zone,
                is_deleted boolean
            )
        ) as customer,
        _bronze_ingested_at,
        row_number() over (
            partition by customer_id, coalesce(updated_at, _bronze_ingested_at)
            order by _source_deleted desc, _source_transaction desc, _bronze_ingested_at desc
        ) as recency
    from {{ ref('bronze_crm_customers') }}
    where {{ versions_of_changed('customer_id', 'select customer_id from affected') }}
),

account_versions as (
    select
        owner_id as customer_id,
        coalesce(updated_at, _bronze_ingested_at) as changed_at,
        cast(
            row(account_id, plan_id, if(_source_deleted, 'closed', status), opened_at, closed_at)
            as row(
                account_id varchar, plan_id varchar, status varchar, opened_at timestamp(6) with time zone,
                closed_at timestamp(6) with time zone
            )
        ) as account,
        _bronze_ingested_at,
        row_number() over (
            partition by owner_id, coalesce(updated_at, _bronze_ingested_at)
            order by _source_deleted desc, _source_transaction desc, _bronze_ingested_at desc
        ) as recency
    from accounts
    where {{ versions_of_changed('owner_id', 'select customer_id from affected') }}
),

-- The extract begins somewhere in an account's life. One thing is certain about the time before: the account was open
-- from opened_at on.
opened_accounts as (
    select
        customer_id,
        account.opened_at as changed_at,
        cast(
            row(account.account_id, account.plan_id, 'active', account.opened_at, null)
            as row(
                account_id varchar, plan_id varchar, status varchar, opened_at timestamp(6) with time zone,
                closed_at timestamp(6) with time zone
            )
        ) as account,
        _bronze_ingested_at
    from (
        select *, row_number() over (partition by customer_id order by changed_at) as age
        from account_versions
        where recency = 1
    )
    where age = 1 and account.opened_at < changed_at
),

account_history as (
    select customer_id, changed_at, account, _bronze_ingested_at from account_versions where recency = 1
    union all
    select * from opened_accounts
),

woven as (
    select
        customer_id,
        changed_at,
        last_value(customer_version.customer) ignore nulls over so_far as customer,
        last_value(account_version.account) ignore nulls over so_far as account,
        greatest(
            coalesce(customer_version._bronze_ingested_at, account_version._bronze_ingested_at),
            coalesce(account_version._bronze_ingested_at, customer_version._bronze_ingested_at)
        ) as _bronze_ingested_at
    from (select * from customer_versions where recency = 1) as customer_version
    full outer join account_history as account_version
        using (customer_id, changed_at)
    window so_far as (partition by customer_id order by changed_at rows unbounded preceding)
)

select
    customer_id,
    changed_at,
    customer.full_name,
    customer.email,
    customer.msisdn,
    {{ pii_token('customer.msisdn') }} as subscriber_token,
    customer.address_line,
    customer.city,
    customer.region,
    customer.postal_code,
    customer.birth_year,
    customer.segment,
    customer.created_at as customer_since,
    account.account_id,
    account.plan_id,
    account.status as account_status,
    account.opened_at as account_opened_at,
    account.closed_at as account_closed_at,
    customer.is_deleted,
    _bronze_ingested_at
from woven
-- An account that arrived before its owner waits for the next run.
where customer is not null
