-- The operational databases as the carrier's own applications would have them.
create schema if not exists crm;
create schema if not exists billing;

create table if not exists crm.plans (
    plan_id text primary key,
    plan_name text not null,
    monthly_fee_usd numeric(12, 4) not null,
    included_minutes int not null,
    included_gigabytes int not null,
    updated_at timestamptz not null
);
create table if not exists crm.customers (
    customer_id text primary key,
    full_name text not null,
    email text not null,
    msisdn text not null unique,
    address_line text not null,
    city text not null,
    region text not null,
    postal_code text not null,
    birth_year int not null,
    segment text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create table if not exists crm.accounts (
    account_id text primary key,
    customer_id text not null references crm.customers on delete cascade,
    plan_id text not null references crm.plans,
    status text not null check (status in ('active', 'suspended', 'frozen', 'closed')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    updated_at timestamptz not null
);
create table if not exists crm.consents (
    consent_id text primary key,
    customer_id text not null references crm.customers on delete cascade,
    purpose text not null,
    is_granted boolean not null,
    updated_at timestamptz not null
);
create table if not exists billing.invoices (
    invoice_id text primary key,
    account_id text not null,
    customer_id text not null,
    period_start timestamptz not null,
    issued_at timestamptz not null,
    due_at timestamptz not null,
    total_usd numeric(12, 4) not null,
    status text not null check (status in ('open', 'paid', 'overdue', 'void')),
    updated_at timestamptz not null
);
create table if not exists billing.invoice_lines (
    invoice_line_id text primary key,
    invoice_id text not null references billing.invoices on delete cascade,
    line_number int not null,
    charge_type text not null,
    amount_usd numeric(12, 4) not null,
    updated_at timestamptz not null
);
create table if not exists billing.payments (
    payment_id text primary key,
    invoice_id text not null references billing.invoices on delete cascade,
    amount_usd numeric(12, 4) not null,
    method text not null,
    paid_at timestamptz not null,
    updated_at timestamptz not null
);
create index if not exists accounts_by_customer on crm.accounts (customer_id);
create index if not exists customers_by_update on crm.customers (updated_at);
create index if not exists accounts_by_update on crm.accounts (updated_at);
create index if not exists invoices_by_update on billing.invoices (updated_at);
create index if not exists invoice_lines_by_update on billing.invoice_lines (updated_at);
create index if not exists invoice_lines_by_invoice on billing.invoice_lines (invoice_id);
create index if not exists payments_by_update on billing.payments (updated_at);
create index if not exists payments_by_invoice on billing.payments (invoice_id);

-- How far the simulator has lived through each day, so that every moment is lived once.
create schema if not exists simulation;
create table if not exists simulation.days (day date primary key);
alter table simulation.days add column if not exists lived_until timestamptz;
-- Sizes of the networks whose towers are in the inventory: the next one adds only towers that no network before it had.
create table if not exists simulation.networks (tower_count int primary key);
-- When each invoice will be paid: decided when it is issued, carried out when the day comes.
create table if not exists simulation.planned_payments (
    invoice_id text primary key,
    method text not null,
    paid_at timestamptz not null
);
create index if not exists planned_payments_by_time on simulation.planned_payments (paid_at);
