-- The audit of the account freezer, in the CRM database beside the accounts. Each row is also its own outbox entry: it is
-- written in the transaction that changes the account, and published_at is set once account_actions has it.
create table if not exists crm.account_actions (
    sequence_number bigint generated always as identity,
    action_id text primary key,
    decided_at timestamptz not null,
    action text not null check (action in ('freeze', 'keep', 'unfreeze', 'false_positive')),
    reason text not null,
    msisdn text not null,
    account_id text,
    alert_id text,
    rule text,
    actor text not null,
    note text,
    status_before text,
    status_after text,
    published_at timestamptz,
    unique (alert_id, action)
);
-- An alert is answered once, whatever the policy says when it is delivered again.
create unique index if not exists account_actions_one_answer
    on crm.account_actions (alert_id) where action in ('freeze', 'keep');
create index if not exists account_actions_by_subscriber
    on crm.account_actions (msisdn, decided_at) where action in ('unfreeze', 'false_positive');
create index if not exists account_actions_by_account
    on crm.account_actions (account_id, sequence_number) where action in ('freeze', 'unfreeze');
create index if not exists account_actions_unpublished
    on crm.account_actions (sequence_number) where published_at is null;
