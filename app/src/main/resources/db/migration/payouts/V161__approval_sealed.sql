-- What our key made of who approved a payout, and for which of its attempts. null: approved before this was kept; nothing is sent for such a one.
alter table payouts.payout add column approval_mac text;
grant update (approval_mac) on payouts.payout to admitone_app;
