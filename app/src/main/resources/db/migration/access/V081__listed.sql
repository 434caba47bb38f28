-- Whom a seller lets in, or keeps out, whatever they have bought. The last word counts.
create table access.listed (
  seller_id        text not null,
  channel_id       uuid not null,
  telegram_user_id bigint not null,
  word             text check (word in ('whitelisted', 'banned')), -- null: neither any more
  reason           text not null,
  said_by          text not null,
  said_at          timestamptz not null,
  turn             int not null, -- counts the words, so that each has effects of its own
  primary key (seller_id, channel_id, telegram_user_id)
);
grant select, insert, update on access.listed to admitone_app;
