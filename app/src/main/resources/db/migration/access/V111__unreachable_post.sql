-- What was said in a channel, once a day at most, to members whom the bot cannot tell that their time is over.
create table access.unreachable_post (
  seller_id  text not null,
  channel_id uuid not null,
  day        date not null,
  settled_at timestamptz, -- when it was posted, or certainly not
  posted     boolean, -- it was, or may have been
  why        text, -- not, or not known
  primary key (seller_id, channel_id, day),
  check ((settled_at is null) = (posted is null))
);
grant select, insert, update on access.unreachable_post to admitone_app;
