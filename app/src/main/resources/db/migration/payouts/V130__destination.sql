create schema payouts;
grant usage on schema payouts to admitone_app;

-- Where a seller's money goes, in versions; the newest that is confirmed and past its cooling-off counts.
create table payouts.destination (
  seller_id        text not null,
  destination_id   uuid not null,
  version          int not null check (version > 0),
  currency         text not null,
  network          text,
  address          text not null,
  extra_id         text,
  requested_at     timestamptz not null,
  usable_from      timestamptz, -- null: the seller has not confirmed it
  withdrawn_at     timestamptz,
  mac              text not null, -- over all above, with a key that is not in the database: a row changed by hand is not paid to
  -- what the provider said of it; moves no money, so it stands outside
  not_whitelisted_at  timestamptz,
  not_whitelisted_why text,
  primary key (seller_id, destination_id),
  unique (seller_id, version),
  check (withdrawn_at is null or usable_from is null or withdrawn_at < usable_from)
);
grant select, insert, update on payouts.destination to admitone_app;
