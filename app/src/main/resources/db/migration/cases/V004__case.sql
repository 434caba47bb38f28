create schema cases;
grant usage on schema cases to admitone_app;

create table cases.cases (
  seller_id  text not null,
  case_id    uuid not null,
  kind       text not null,
  subject    text not null,
  payment_id text,
  order_id   text,
  opened_at  timestamptz not null,
  detail     jsonb not null,
  state      text not null default 'open' check (state in ('open', 'decided')),
  decision   text,
  reason     text,
  decided_by text,
  decided_at timestamptz,
  primary key (seller_id, case_id),
  unique (seller_id, subject, kind),
  check ((state = 'decided') = (decided_at is not null))
);
create index on cases.cases (seller_id, payment_id) where payment_id is not null;
grant select, insert, update on cases.cases to admitone_app;
