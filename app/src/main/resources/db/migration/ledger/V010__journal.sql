create schema ledger;
grant usage on schema ledger to admitone_app;

create table ledger.journal (
  seller_id text not null,
  entry_id  uuid not null,
  kind      text not null,
  reference text not null,
  debit     text not null,
  credit    text not null,
  amount    numeric(38, 0) not null check (amount > 0), -- smallest units of the asset
  asset     text not null,
  at        timestamptz not null,
  -- what a value in USD was worked out with
  rate_asset  text,
  rate_usd    numeric check (rate_usd > 0),
  rate_at     timestamptz,
  rate_source text,
  primary key (seller_id, entry_id, kind),
  unique (seller_id, reference, kind),
  check (debit <> credit)
);
grant select, insert on ledger.journal to admitone_app;
