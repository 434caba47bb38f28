-- When what is due about a grant's end is next decided; null: never, unless its seat is looked at for another grant.
alter table access.grants add column look_at timestamptz;
update access.grants set look_at = greatest(starts_at, ends_at - interval '14 days') where ends_at is not null or access = 'ended';
create index grants_look on access.grants (look_at) where look_at is not null;

-- How a channel treats those whose time ends. Without a row: the defaults.
create table access.channel_terms (
  seller_id     text not null,
  channel_id    uuid not null,
  reminders_h   int[] not null,
  grace_h       int not null check (grace_h between 1 and 720),
  unreachable_d int not null check (unreachable_d between 1 and 90),
  most_removals int not null check (most_removals between 1 and 10000),
  most_percent  int not null check (most_percent between 1 and 100),
  stopped       uuid, -- the question to a person for which all removals wait
  stopped_at    timestamptz,
  primary key (seller_id, channel_id),
  check ((stopped is null) = (stopped_at is null))
);
grant select, insert, update on access.channel_terms to admitone_app;

-- What became of one end of somebody's time in a channel.
create table access.ending (
  seller_id        text not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  ends_at          timestamptz not null,
  grant_id         uuid not null, -- the last one
  reminded_h       int, -- the last reminder owed: so many hours before the end
  notice_at        timestamptz, -- the notice of the end was owed
  told_at          timestamptz, -- the messenger first confirmed a message about this end
  unreachable_at   timestamptz, -- the notice could not be delivered
  remove_at        timestamptz, -- nobody is removed before
  cleared_at       timestamptz, -- a person said that this removal may go on
  removal_at       timestamptz, -- the removal was owed
  removing_at      timestamptz, -- the last time that the call to remove went out
  settled_at       timestamptz,
  outcome          text check (outcome in ('removed', 'outside', 'renewed', 'administrator', 'kept')),
  primary key (seller_id, channel_id, telegram_user_id, ends_at),
  check ((settled_at is null) = (outcome is null)),
  check (remove_at is null or notice_at is not null), -- nobody is removed without a notice
  check (removal_at is null or remove_at <= removal_at)
);
create index ending_due on access.ending (remove_at) where settled_at is null and removal_at is null;
create index ending_of_channel on access.ending (seller_id, channel_id, remove_at) where settled_at is null;
create index ending_recent on access.ending (seller_id, channel_id, removal_at) where removal_at is not null;
create index ending_unreachable on access.ending (seller_id, channel_id, unreachable_at) where unreachable_at is not null;
grant select, insert, update on access.ending to admitone_app;

create table access.round (
  name    text primary key,
  next_at timestamptz not null
);
comment on table access.round is 'reference: whoever moves next_at on does the round, for all sellers';
grant select, insert, update on access.round to admitone_app;
