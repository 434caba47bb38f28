-- The payment that was given back before the payout was begun: the next one is made by itself.
alter table payouts.payout add column called_off_for text;
grant update (called_off_for) on payouts.payout to admitone_app;
