create table access.stranger (
  seller_id        text not null,
  link_id          uuid not null, -- the link they came in by
  telegram_user_id bigint not null,
  channel_id       uuid not null,
  update_id        bigint not null,
  came_at          timestamptz not null,
  settled_at       timestamptz, -- outside again, or found to have a right
  outcome          text,
  primary key (seller_id, link_id, telegram_user_id),
  foreign key (seller_id, link_id) references access.pool_link,
  check ((settled_at is null) = (outcome is null))
);
create index stranger_inside on access.stranger (seller_id, channel_id, telegram_user_id) where settled_at is null;
grant select, insert, update on access.stranger to admitone_app;

alter table access.seat add column inside boolean; -- as last heard; null: never
alter table access.seat add column inside_at timestamptz;
