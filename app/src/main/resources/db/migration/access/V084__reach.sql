-- Buyers of a seller whom the bot may be unable to write to. Without a row: it is not known that it cannot.
create table access.reach (
  seller_id        text not null,
  telegram_user_id bigint not null,
  reachable        boolean not null,
  at               timestamptz not null,
  primary key (seller_id, telegram_user_id)
);
grant select, insert, update on access.reach to admitone_app;
