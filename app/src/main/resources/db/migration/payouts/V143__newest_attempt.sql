-- Asked before each payout: when the newest attempt of all began.
create index attempt_newest on payouts.attempt (called_at);
