-- Who was seen inside without a right, once per stay.
create table access.outsider (
  seller_id        text not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  found_at         timestamptz not null,
  beyond           boolean not null, -- one of too many that day, asked about together
  decided          text check (decided in ('keep', 'remove', 'dismiss')), -- by a person, or by the channel's rule
  removing_at      timestamptz, -- the last time that the call to remove went out
  settled_at       timestamptz,
  outcome          text,
  primary key (seller_id, channel_id, telegram_user_id, found_at),
  check ((settled_at is null) = (outcome is null)),
  check (removing_at is null or decided = 'remove')
);
create unique index outsider_inside on access.outsider (seller_id, channel_id, telegram_user_id) where settled_at is null; -- told once per stay
create index outsider_found on access.outsider (seller_id, channel_id, found_at);
grant select, insert, update on access.outsider to admitone_app;
