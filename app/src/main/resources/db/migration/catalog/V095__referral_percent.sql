-- Of the seller's part of a payment, to whoever brought the buyer. Null: nothing.
alter table catalog.channel_offers add column referral_percent numeric(5, 2) check (referral_percent > 0 and referral_percent < 100);
