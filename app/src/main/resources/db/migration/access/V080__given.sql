-- A right that nobody paid for here: given once per channel, kind and reference.
alter table access.grants alter column order_id drop not null;
alter table access.grants alter column payment_id drop not null;
alter table access.grants add column given text check (given in ('manual', 'import', 'gift', 'trial', 'external'));
alter table access.grants add column reference text;
alter table access.grants add constraint grants_origin check (
  (order_id is null) = (payment_id is null) and (given is null) = (reference is null) and (order_id is null) <> (given is null));
create unique index grants_given on access.grants (seller_id, channel_id, given, reference) where given is not null;
