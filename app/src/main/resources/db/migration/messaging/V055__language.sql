-- In which language somebody uses Telegram, and since when that counts; rows are only added, so that a message owed at an instant reads the same for ever.
create table messaging.language (
  telegram_user_id bigint not null,
  since            timestamptz not null,
  code             text not null,
  primary key (telegram_user_id, since)
);
comment on table messaging.language is 'route: a person speaks one language with the bot, whoever sells';
grant select, insert on messaging.language to admitone_app;
