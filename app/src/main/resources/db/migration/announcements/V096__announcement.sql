create schema announcements;
grant usage on schema announcements to admitone_app;

create table announcements.announcement (
  seller_id       text not null,
  announcement_id uuid not null,
  channel_id      uuid not null,
  text            text not null,
  at              timestamptz not null,
  primary key (seller_id, announcement_id)
);
grant select, insert on announcements.announcement to admitone_app;

-- Who wants to hear no more of a seller. For ever.
create table announcements.opt_out (
  seller_id        text not null,
  telegram_user_id bigint not null,
  at               timestamptz not null,
  primary key (seller_id, telegram_user_id)
);
grant select, insert on announcements.opt_out to admitone_app;

create table announcements.turn (
  telegram_user_id bigint primary key,
  announcement_id  uuid not null,
  at               timestamptz not null
);
comment on table announcements.turn is 'route: the last announcement that somebody was told, whoever announced it';
grant select, insert, update on announcements.turn to admitone_app;
