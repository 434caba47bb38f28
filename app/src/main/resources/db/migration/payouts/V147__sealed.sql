-- What our key made of receiver, sums, coins and rate when the payout was made. null: made before this was kept; nothing is sent for such a one.
alter table payouts.payout add column mac text;
revoke update on payouts.payout from admitone_app;
grant update (state, attempt, waits, approved_by, approved_at, held_by, held_why, ended_at, hash, reason) on payouts.payout to admitone_app;
