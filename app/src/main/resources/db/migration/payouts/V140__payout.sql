-- Money on its way to a seller. What it is made of stands in ledger.claim; amount and fee are the sum of that.
create table payouts.payout (
  seller_id      text not null,
  payout_id      uuid not null,
  state          text not null check (state in ('awaiting_approval', 'approved', 'creating', 'created', 'verifying', 'sent', 'failed',
    'finished', 'rejected', 'cancelled', 'released')),
  attempt        int not null default 1 check (attempt > 0), -- the newest, or the next where none is under way
  waits          text, -- what an approved one waits for
  amount_units   numeric(38, 0) not null check (amount_units > 0), -- cents of USD
  fee_units      numeric(38, 0) not null check (fee_units >= 0),
  coin           text not null,
  coin_units     numeric(38, 0) not null check (coin_units > 0),
  rate_usd       numeric not null check (rate_usd > 0),
  rate_at        timestamptz not null,
  rate_source    text not null,
  destination_id uuid not null, -- the version that counted when it was made
  made_by        text not null,
  made_at        timestamptz not null,
  approved_by    text,
  approved_at    timestamptz,
  held_by        text,
  held_why       text,
  ended_at       timestamptz,
  hash           text,
  reason         text,
  primary key (seller_id, payout_id),
  foreign key (seller_id, destination_id) references payouts.destination,
  check ((ended_at is not null) = (state in ('finished', 'rejected', 'cancelled', 'released'))),
  check ((held_by is null) = (held_why is null))
);
create index payout_open on payouts.payout (seller_id, payout_id) where ended_at is null;
grant select, insert, update on payouts.payout to admitone_app;

-- A batch that was made at the provider for a payout, or may have been.
create table payouts.attempt (
  seller_id   text not null,
  payout_id   uuid not null,
  number      int not null check (number > 0),
  external_id text not null,
  called_at   timestamptz not null,
  absent_at   timestamptz, -- when the provider's list certainly lacked it first
  gone_at     timestamptz, -- when it did so again, and for good
  refused_at  timestamptz, -- when the provider certainly did not make it
  batch_id    text,
  tries       int not null default 0 check (tries between 0 and 2), -- codes that may have been given for it
  verified_at timestamptz,
  word        text, -- what the provider last called its status
  hash        text,
  ended_at    timestamptz,
  primary key (seller_id, payout_id, number),
  foreign key (seller_id, payout_id) references payouts.payout,
  unique (seller_id, external_id),
  unique (seller_id, batch_id)
);
create unique index attempt_living on payouts.attempt (seller_id, payout_id) where ended_at is null;
create unique index attempt_verified on payouts.attempt (seller_id, payout_id) where verified_at is not null;
grant select, insert, update on payouts.attempt to admitone_app;

-- A seller's switch and limits; the platform's own row is the switch for all.
create table payouts.safeguard (
  seller_id         text not null primary key,
  held_by           text,
  held_why          text,
  approval          text check (approval in ('manual', 'auto')), -- null: as it is set for all
  line_units        numeric(38, 0) check (line_units >= 0), -- cents of USD; null: the limit for all
  day_units         numeric(38, 0) check (day_units >= 0),
  destination_units numeric(38, 0) check (destination_units >= 0),
  check ((held_by is null) = (held_why is null))
);
grant select, insert, update on payouts.safeguard to admitone_app;

-- The last step of thirty seconds whose code was given, by account; under the platform's own row.
create table payouts.totp_step (
  seller_id text not null,
  account   text not null,
  step      bigint not null,
  primary key (seller_id, account)
);
grant select, insert, update on payouts.totp_step to admitone_app;

-- Whose a batch is, for what is told of it.
create table payouts.batch_route (
  batch_id  text primary key,
  seller_id text not null
);
comment on table payouts.batch_route is 'route: the provider tells of a batch by its id alone';
grant select, insert on payouts.batch_route to admitone_app;
