create schema messaging;
grant usage on schema messaging to admitone_app;

create table messaging.update_inbox (
  seller_id   text not null, -- the platform's: an update belongs to the bot
  bot_id      bigint not null,
  update_id   bigint not null,
  raw         text not null,
  received_at timestamptz not null,
  state       text not null check (state in ('new', 'read', 'set_aside')),
  tries       int not null default 0,
  last_error  text,
  primary key (seller_id, bot_id, update_id)
);
create index update_unread on messaging.update_inbox (seller_id, bot_id, update_id) where state = 'new';
grant select, insert, update on messaging.update_inbox to admitone_app;

create table messaging.silence (
  seller_id text not null, -- the platform's: the bot is everybody's
  chat_id   bigint not null, -- 0: every chat
  until     timestamptz not null,
  primary key (seller_id, chat_id)
);
grant select, insert, update on messaging.silence to admitone_app;

create table messaging.office (
  office text primary key,
  holder text not null,
  until  timestamptz not null
);
comment on table messaging.office is 'local: elections among the instances on this database';
grant select, insert, update, delete on messaging.office to admitone_app;
