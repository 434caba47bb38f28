-- A payout that gives a payment back to its buyer goes to no destination of the seller's: where it goes stands in payouts.refund.
alter table payouts.payout alter column destination_id drop not null;

-- A payment that is given back by a payout: one that lives, or has arrived, for each.
create table payouts.refund (
  seller_id     text not null,
  payout_id     uuid not null,
  payment_id    text not null,
  network       text,
  address       text not null,
  extra_id      text,
  kept_units    numeric(38, 0) not null check (kept_units >= 0), -- of its coin: what the payment brought and is not sent
  mac           text not null, -- over all above and what is sent, with a key that is not in the database: a row changed by hand is not paid to
  given_back_at timestamptz, -- it came to nothing, and another may be asked for
  primary key (seller_id, payout_id),
  foreign key (seller_id, payout_id) references payouts.payout
);
create unique index refund_living on payouts.refund (seller_id, payment_id) where given_back_at is null;
create index on payouts.refund (address);
grant select, insert on payouts.refund to admitone_app;
grant update (given_back_at) on payouts.refund to admitone_app;
