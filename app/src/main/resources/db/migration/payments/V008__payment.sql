create schema payments;
grant usage on schema payments to admitone_app;

create table payments.payment (
  seller_id         text not null,
  payment_id        text not null,
  order_id          text,
  hold              text, -- why it may never grant by itself; the kind of its case
  state             text not null check (state in
    ('waiting', 'confirming', 'confirmed', 'sending', 'expired', 'failed', 'cancelled', 'partially_paid', 'held', 'paid', 'refunded')),
  hold_kind         text,
  provider_status   text not null,
  pay_currency      text,
  pay_amount_units  numeric(38, 0),
  pay_address       text,
  payin_extra_id    text,
  received_units    numeric(38, 0),
  received_asset    text,
  outcome_units     numeric(38, 0),
  outcome_asset     text,
  suspended_units   numeric(38, 0),
  suspended_asset   text,
  parent_payment_id text,
  created_at        timestamptz not null,
  expires_at        timestamptz,
  paid_at           timestamptz,
  next_ask_at       timestamptz, -- null: the provider is not asked any more
  asked             int not null default 0,
  primary key (seller_id, payment_id),
  check ((state = 'held') = (hold_kind is not null)),
  check ((outcome_units is null) = (outcome_asset is null)),
  check (state <> 'paid' or (paid_at is not null and received_units is not null))
);
create index on payments.payment (seller_id, order_id) where order_id is not null;
create index on payments.payment (seller_id, created_at, payment_id);
create index on payments.payment (next_ask_at) where next_ask_at is not null;
grant select, insert, update on payments.payment to admitone_app;

create table payments.route (
  provider_account text not null,
  payment_id       text not null,
  seller_id        text not null,
  primary key (provider_account, payment_id)
);
comment on table payments.route is 'route: a provider''s payment id leads to its seller';
grant select, insert on payments.route to admitone_app;

create table payments.notification (
  seller_id       text not null,
  payment_id      text not null,
  digest          bytea not null, -- SHA-256 of the body
  body            bytea not null,
  provider_status text not null,
  cause           text not null,
  source          text not null,
  received_at     timestamptz not null,
  fate            text not null check (fate in ('applied', 'waiting', 'case', 'not_understood')),
  primary key (seller_id, payment_id, digest)
);
grant select, insert, update (fate) on payments.notification to admitone_app;

-- The first call that cannot be repeated: creating the provider's payment.
create table payments.creation (
  seller_id   text not null,
  order_id    text not null,
  pay_currency text not null,
  attempt     int not null,
  state       text not null check (state in ('calling', 'recorded', 'declined', 'abandoned')),
  lease_until timestamptz not null,
  payment_id  text,
  reason      text,
  primary key (seller_id, order_id, pay_currency),
  check ((state = 'recorded') = (payment_id is not null))
);
grant select, insert, update on payments.creation to admitone_app;
