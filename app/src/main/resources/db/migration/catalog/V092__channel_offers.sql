-- What a channel offers beside its plans. Without a row: nothing.
create table catalog.channel_offers (
  seller_id  text not null,
  channel_id uuid not null,
  trial_days int check (trial_days between 1 and 30),
  primary key (seller_id, channel_id),
  foreign key (seller_id, channel_id) references catalog.channel
);
grant select, insert, update on catalog.channel_offers to admitone_app;
