-- What the plan cost; the price is what is asked, after what was taken off. Null: nothing was.
alter table checkout.orders add column list_units numeric(38, 0) check (list_units > price_units);

create table checkout.reduction (
  seller_id    text not null,
  order_id     text not null,
  kind         text not null check (kind in ('coupon', 'upgrade')),
  reference    text not null, -- the coupon's code, or the order whose unused time is credited
  amount_units numeric(38, 0) not null check (amount_units > 0),
  primary key (seller_id, order_id, kind, reference),
  foreign key (seller_id, order_id) references checkout.orders
);
create index reduction_reference on checkout.reduction (seller_id, kind, reference);
create unique index reduction_one_coupon on checkout.reduction (seller_id, order_id) where kind = 'coupon';
grant select, insert on checkout.reduction to admitone_app;
