-- Why a seller who is due is not paid: what the last look came to, and since when it comes to that.
alter table payouts.safeguard add column not_paid_code text;
alter table payouts.safeguard add column not_paid_why text;
alter table payouts.safeguard add column not_paid_since timestamptz;
alter table payouts.safeguard add column not_paid_at timestamptz;
alter table payouts.safeguard add check (num_nulls(not_paid_code, not_paid_why, not_paid_since, not_paid_at) in (0, 4));
-- Since when one waits for something, whatever it is; one that is made anew goes on from there. What a person holds does not wait.
alter table payouts.payout add column waits_since timestamptz;
grant update (waits_since) on payouts.payout to admitone_app;
