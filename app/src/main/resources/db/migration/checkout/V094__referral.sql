-- By whose link buyers may come, and for which channel.
create table checkout.referrer (
  seller_id        text not null,
  code_id          uuid not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  primary key (seller_id, code_id),
  unique (seller_id, channel_id, telegram_user_id)
);
grant select, insert on checkout.referrer to admitone_app;

-- Who was brought by whom: the first counts.
create table checkout.referral (
  seller_id        text not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  referrer         bigint not null,
  at               timestamptz not null,
  primary key (seller_id, channel_id, telegram_user_id),
  check (referrer <> telegram_user_id)
);
create index referral_referrer on checkout.referral (seller_id, referrer);
grant select, insert on checkout.referral to admitone_app;

-- Who gets a share of what an order brings. Null: nobody.
alter table checkout.orders
  add column referrer bigint,
  add column referral_percent numeric(5, 2) check (referral_percent > 0 and referral_percent < 100),
  add check ((referrer is null) = (referral_percent is null)),
  add check (referrer <> telegram_user_id);
create index orders_referrer on checkout.orders (seller_id, referrer) where referrer is not null;
