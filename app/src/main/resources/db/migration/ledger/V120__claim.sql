-- One row per seller: whoever claims lines, gives claims back or takes back what was earned locks it first. Booking does not.
create table ledger.account (
  seller_id text not null primary key
);
grant select, insert, update on ledger.account to admitone_app; -- update: to lock it

-- Which payout a line of the journal is paid by. A line has one living claim at most.
create table ledger.claim (
  seller_id  text not null,
  claimed_by uuid not null, -- the payout
  entry_id   uuid not null,
  kind       text not null,
  at         timestamptz not null,
  released_at timestamptz,
  -- when taking the line back was asked for and had to wait for the payout: done if the claim is given back
  reversal_asked_at timestamptz,
  primary key (seller_id, claimed_by, entry_id, kind),
  foreign key (seller_id, entry_id, kind) references ledger.journal
);
create unique index claim_living on ledger.claim (seller_id, entry_id, kind) where released_at is null;
grant select, insert on ledger.claim to admitone_app;
grant update (released_at, reversal_asked_at) on ledger.claim to admitone_app;

-- The lines that a balance is the sum of, and those that may be claimed.
create index journal_payable on ledger.journal (seller_id, entry_id, kind)
  where asset = 'usd' and (debit = 'seller_payable' or credit = 'seller_payable');
