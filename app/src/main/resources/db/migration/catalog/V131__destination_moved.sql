-- They are versions now, in payouts.destination; what stood here was never paid to.
alter table catalog.seller drop column payout_currency, drop column payout_address;
