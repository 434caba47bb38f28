-- No line with a lesser entry id may be claimed: each has a living claim, or is of no payout. null: not known, all are looked at.
alter table ledger.account add column claimed_until uuid;
