-- The limit of messages holds for all instances together: each takes short spans of it from here.
create table messaging.sending (
  seller_id text primary key, -- the platform's: the bot is everybody's
  free_at   timestamptz not null -- up to here the limit is taken
);
insert into messaging.sending (seller_id, free_at) values ('000000000000', '2000-01-01T00:00:00Z');
grant select, update on messaging.sending to admitone_app;
