create schema hold;
grant usage on schema hold to admitone_app;

-- Which database the instances have agreed to work on.
create table hold.identity (
  seller_id text primary key, -- the platform's: all sellers share the database
  epoch     uuid not null, -- another one after each resume
  system    text not null, -- the cluster's system identifier and the database's number in it
  timeline  bigint not null,
  files     text, -- which copy of an embedded server's files
  since     timestamptz not null
);
grant select, insert, update on hold.identity to admitone_app;

create table hold.beat (
  instance uuid primary key,
  beat     bigint not null,
  at       timestamptz not null
);
comment on table hold.beat is 'local: each instance counts here, and outside of the database remembers how far it came';
grant select, insert, update on hold.beat to admitone_app;

create table hold.hold (
  seller_id   text not null, -- the platform's
  hold_id     uuid not null,
  epoch       uuid not null, -- of the database that was doubted
  seen_epoch  uuid, -- the one that the doubting instance remembers
  reason      text not null check (reason in ('other_system', 'behind', 'older_timeline', 'copied', 'new_timeline')),
  why         text not null,
  noticed_by  text not null,
  began_at    timestamptz not null,
  known_until timestamptz, -- the newest beat in the doubted database
  seen_until  timestamptz, -- the newest beat that the doubting instance remembers
  lifted_at   timestamptz,
  lifted_by   text,
  primary key (seller_id, hold_id),
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index one_hold on hold.hold (seller_id) where lifted_at is null;
grant select, insert, update on hold.hold to admitone_app;
