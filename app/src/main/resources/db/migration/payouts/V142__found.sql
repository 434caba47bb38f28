-- What the provider said of a withdrawal that the record lacks, when a person was about to book it. Booked once.
create table payouts.found (
  seller_id     text not null,
  withdrawal_id text not null,
  batch_id      text not null,
  external_id   text,
  address       text not null,
  coin          text not null,
  coin_units    numeric(38, 0) not null check (coin_units > 0),
  coin_fee_units numeric(38, 0) check (coin_fee_units >= 0), -- what the provider took beside; null: it does not say
  word          text not null, -- what the provider calls its status
  hash          text,
  created_at    timestamptz, -- at the provider
  fee_units     numeric(38, 0) not null check (fee_units >= 0), -- cents of USD
  rate_usd      numeric not null check (rate_usd > 0),
  rate_at       timestamptz not null,
  rate_source   text not null,
  looked_at     timestamptz not null,
  payout_id     uuid, -- as which payout it is booked
  primary key (seller_id, withdrawal_id),
  unique (seller_id, batch_id)
);
grant select, insert, update on payouts.found to admitone_app;
