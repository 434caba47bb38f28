-- A payment for what is missing of an order's price, where other payments brought a part of it.
alter table payments.payment
  add column rest_units numeric(38, 0) check (rest_units > 0), -- null: it was made for the whole price
  add column rest_asset text,
  add check ((rest_units is null) = (rest_asset is null));

alter table payments.creation
  add column rest_units numeric(38, 0) not null default 0 check (rest_units >= 0), -- 0: the whole price
  drop constraint creation_pkey,
  add primary key (seller_id, order_id, pay_currency, rest_units);
