create schema checkout;
grant usage on schema checkout to admitone_app;

create table checkout.orders (
  seller_id        text not null,
  order_id         text not null,
  channel_id       uuid not null,
  plan_id          uuid not null,
  telegram_user_id bigint not null,
  price_units      numeric(38, 0) not null check (price_units > 0),
  price_asset      text not null,
  days             int check (days > 0),
  fee_percent      numeric(5, 2) not null check (fee_percent >= 0 and fee_percent < 100),
  created_at       timestamptz not null,
  expires_at       timestamptz not null,
  paid_by          text,
  primary key (seller_id, order_id)
);
create index on checkout.orders (seller_id, telegram_user_id, channel_id);
grant select, insert, update (paid_by) on checkout.orders to admitone_app;
