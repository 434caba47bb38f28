-- What a seller says to the buyers of a channel in their own words, and since when; null: nothing from then on.
create table catalog.channel_text (
  seller_id  text not null,
  channel_id uuid not null,
  kind       text not null check (kind in ('welcome', 'expiry')),
  since      timestamptz not null,
  text       text,
  primary key (seller_id, channel_id, kind, since),
  foreign key (seller_id, channel_id) references catalog.channel
);
grant select, insert, update on catalog.channel_text to admitone_app;
