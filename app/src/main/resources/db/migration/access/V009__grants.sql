create schema access;
grant usage on schema access to admitone_app;

create table access.grants (
  seller_id        text not null,
  grant_id         uuid not null,
  order_id         text not null,
  payment_id       text not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  starts_at        timestamptz not null,
  ends_at          timestamptz check (ends_at > starts_at), -- null: for life
  access           text not null check (access in ('preparing', 'ready', 'delivered', 'admitted', 'ended')),
  message_id       bigint,
  delivered_at     timestamptz,
  admitted_at      timestamptz,
  ended_at         timestamptz,
  ended_why        text,
  primary key (seller_id, grant_id),
  unique (seller_id, order_id, channel_id), -- one payment admits one person, once
  check ((access = 'ended') = (ended_at is not null))
);
create index on access.grants (seller_id, payment_id);
create index on access.grants (seller_id, telegram_user_id, channel_id);
grant select, insert, update on access.grants to admitone_app;

create table access.seat (
  seller_id         text not null,
  channel_id        uuid not null,
  telegram_user_id  bigint not null,
  request_update_id bigint, -- asked to be let in and not answered yet
  primary key (seller_id, channel_id, telegram_user_id)
);
grant select, insert, update on access.seat to admitone_app;

create table access.buyer_route (
  telegram_user_id bigint not null,
  seller_id        text not null,
  primary key (telegram_user_id, seller_id)
);
comment on table access.buyer_route is 'route: the bot finds a user''s sellers';
grant select, insert on access.buyer_route to admitone_app;
