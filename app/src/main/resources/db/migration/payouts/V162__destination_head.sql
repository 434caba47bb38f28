-- Which versions of where a seller's money goes there are: one that was deleted, or put back as it was, is noticed by it. Where there is none and
-- there are versions, they are from before it was kept, or it was deleted: a person says so once.
create table payouts.destination_head (
  seller_id    text not null primary key,
  newest       int not null check (newest >= 0), -- the last that was ever added
  from_version int not null check (from_version > 0), -- those before it do not count any more
  mac          text not null -- over both and the seal of each version, with a key that is not in the database
);
grant select, insert, update on payouts.destination_head to admitone_app;
