{{ config(unique_key=['customer_id', 'changed_at'], complete_per='customer_id', takes_new_rows=true) }}

{# One row per customer and moment of change, each with everything that was true from then on: the histories of
   customer and accounts woven into one. A customer with new entries is woven again from the whole history, so the order
   of arrival does not matter. Of several accounts the one counts that is open and was opened last. #}

with accounts as (
    -- A tombstone knows only its key; the owner is in the account's other versions.
    select
        *,
        last_value(customer_id) ignore nulls over (
            partition by account_id order by _bronze_ingested_at, _source_transaction rows unbounded preceding
        ) as owner_id
    from {{ ref('bronze_crm_accounts') }}
),

changed_accounts as (
    select account_id from accounts where {{ bronze_changes_of_run() }}
),

affected as (
    select customer_id from {{ ref('bronze_crm_customers') }} where {{ bronze_changes_of_run() }}
    union distinct
    select owner_id from accounts
    where {{ versions_of_changed('account_id', 'select account_id from changed_accounts') }}
),

customer_spans as (
    select
        customer_id,
        changed_at as valid_from,
        coalesce(lead(changed_at) over history, {{ end_of_time() }}) as valid_to,
        full_name,
        email,
        {{ normalised_number('msisdn') }} as msisdn,
        address_line,
        city,
        postal_code,
        birth_year,
        -- Of somebody who is gone the person is forgotten here; where they lived and what they were stays countable.
        if(is_deleted, last_value(region) ignore nulls over history, region) as region,
        if(is_deleted, last_value(segment) ignore nulls over history, segment) as segment,
        if(is_deleted, last_value(created_at) ignore nulls over history, created_at) as created_at,
        is_deleted,
        _bronze_ingested_at
    from (
        {{ version_history(ref('bronze_crm_customers'), 'customer_id', [
            'full_name', 'email', 'msisdn', 'address_line', 'city', 'region', 'postal_code', 'birth_year', 'segment',
            'created_at',
        ], 'select customer_id from affected') }}
    )
    window history as (partition by customer_id order by changed_at)
),

account_history as (
    {{ version_history(
        'accounts', 'account_id', ['owner_id', 'plan_id', 'status', 'opened_at', 'closed_at'],
        'select account_id from accounts where owner_id in (select customer_id from affected)'
    ) }}
),

account_spans as (
    select
        account_id,
        owner_id as customer_id,
        changed_at as valid_from,
        coalesce(lead(changed_at) over history, {{ end_of_time() }}) as valid_to,
        last_value(plan_id) ignore nulls over history as plan_id,
        if(is_deleted, 'closed', status) as status,
        last_value(opened_at) ignore nulls over history as opened_at,
        if(is_deleted, coalesce(lag(closed_at) over history, changed_at), closed_at) as closed_at,
        _bronze_ingested_at,
        lead(_bronze_ingested_at) over history as ended_at_arrival
    from account_history
    window history as (partition by account_id order by changed_at)
    union all
    -- The extract begins somewhere in an account's life. One thing is certain about the time before: the account was
    -- open from opened_at on.
    select
        account_id,
        owner_id as customer_id,
        opened_at as valid_from,
        changed_at as valid_to,
        plan_id,
        'active' as status,
        opened_at,
        cast(null as timestamp(6) with time zone) as closed_at,
        _bronze_ingested_at,
        cast(null as timestamp(6) with time zone) as ended_at_arrival
    from (select *, row_number() over (partition by account_id order by changed_at) as age from account_history)
    where age = 1 and opened_at < changed_at
),

moments as (
    select customer_id, changed_at, max(_bronze_ingested_at) as _bronze_ingested_at
    from (
        select customer_id, valid_from as changed_at, _bronze_ingested_at from customer_spans
        union all
        select customer_id, valid_from, _bronze_ingested_at from account_spans
        union all
        -- An account that went to another owner changes the one before, too.
        select customer_id, valid_to, ended_at_arrival from account_spans where ended_at_arrival is not null
    )
    group by customer_id, changed_at
),

woven as (
    select
        moment.customer_id,
        moment.changed_at,
        customer.full_name,
        customer.email,
        customer.msisdn,
        customer.address_line,
        customer.city,
        customer.region,
        customer.postal_code,
        customer.birth_year,
        customer.segment,
        customer.created_at,
        account.account_id,
        account.plan_id,
        account.status,
        account.opened_at,
        account.closed_at,
        customer.is_deleted,
        moment._bronze_ingested_at,
        row_number() over (
            partition by moment.customer_id, moment.changed_at
            order by account.status = 'closed' asc, account.opened_at desc, account.account_id asc
        ) as choice
    from moments as moment
    -- An account that arrived before its owner waits for the run that brings the owner.
    inner join customer_spans as customer
        on customer.customer_id = moment.customer_id
        and moment.changed_at >= customer.valid_from
        and moment.changed_at < customer.valid_to
    left join account_spans as account
        on account.customer_id = moment.customer_id
        and moment.changed_at >= account.valid_from
        and moment.changed_at < account.valid_to
)

select
    customer_id,
    changed_at,
    full_name,
    email,
    msisdn,
    {{ pii_token('msisdn') }} as subscriber_token,
    address_line,
    city,
    region,
    postal_code,
    birth_year,
    segment,
    created_at as customer_since,
    account_id,
    plan_id,
    status as account_status,
    opened_at as account_opened_at,
    closed_at as account_closed_at,
    is_deleted,
    _bronze_ingested_at
from woven
where choice = 1
