-- Who works a channel, and how far its known members are looked at. Without a row: the defaults.
create table access.membership (
  seller_id       text not null,
  channel_id      uuid not null,
  observing       boolean not null default false, -- another bot works it: we only tell what we would do
  unknown_members text not null default 'report' check (unknown_members in ('report', 'remove')),
  look_after      bigint not null default 0, -- the last user looked at
  look_at         timestamptz, -- nobody is looked at before
  primary key (seller_id, channel_id)
);
grant select, insert, update on access.membership to admitone_app;

-- What would have been done in a channel that is only observed.
create table access.observed (
  seller_id        text not null,
  observed_id      uuid not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  deed             text not null,
  occasion         text not null, -- what it would have been done for, once
  at               timestamptz not null,
  primary key (seller_id, observed_id),
  unique (seller_id, channel_id, deed, occasion)
);
create index observed_of_channel on access.observed (seller_id, channel_id, observed_id);
grant select, insert on access.observed to admitone_app;
alter table access.ending add column observed_at timestamptz; -- the removal would have been owed, and that is on record
