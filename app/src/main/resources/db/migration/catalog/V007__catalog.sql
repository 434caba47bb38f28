create schema catalog;
grant usage on schema catalog to admitone_app;

create table catalog.seller (
  seller_id        text primary key,
  name             text not null,
  telegram_user_id bigint not null,
  fee_percent      numeric(5, 2) not null check (fee_percent >= 0 and fee_percent < 100),
  payout_mode      text not null check (payout_mode in ('direct', 'instant', 'threshold')),
  threshold_cents  numeric(38, 0) check (threshold_cents > 0),
  payout_currency  text,
  payout_address   text,
  check (payout_mode <> 'threshold' or threshold_cents is not null)
);
grant select, insert, update on catalog.seller to admitone_app;

create table catalog.channel (
  seller_id      text not null references catalog.seller,
  channel_id     uuid not null,
  closed_chat_id bigint not null,
  open_chat_id   bigint,
  title          text not null,
  slug           text not null,
  standing_link  text,
  primary key (seller_id, channel_id),
  unique (seller_id, closed_chat_id),
  unique (seller_id, slug)
);
grant select, insert, update on catalog.channel to admitone_app;

create table catalog.plan (
  seller_id   text not null,
  plan_id     uuid not null,
  channel_id  uuid not null,
  name        text not null,
  price_units numeric(38, 0) not null check (price_units > 0),
  price_asset text not null,
  days        int check (days > 0),
  primary key (seller_id, plan_id),
  foreign key (seller_id, channel_id) references catalog.channel
);
create index on catalog.plan (seller_id, channel_id);
grant select, insert, update on catalog.plan to admitone_app;

create table catalog.route (
  kind      text not null,
  key       text not null,
  seller_id text not null,
  primary key (kind, key)
);
comment on table catalog.route is 'route: what is unique over all sellers (chat ids, slugs) leads to its seller';
grant select, insert on catalog.route to admitone_app;
