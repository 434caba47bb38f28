-- Which wallet of the seller's own the provider was told to settle it to; null: it settles as the account is set.
alter table payments.payment
  add column wallet_coin text,
  add column wallet_address text,
  add column wallet_extra_id text,
  add check ((wallet_coin is null) = (wallet_address is null));
