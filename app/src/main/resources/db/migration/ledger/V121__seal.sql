-- A chain per seller over the lines of the journal, made after they are written and signed with a key that is not in the database.
create table ledger.seal (
  seller_id   text not null,
  seq         bigint not null check (seq > 0),
  lines       int not null check (lines > 0),
  until_entry uuid not null, -- the greatest entry id sealed so far
  open_from   uuid not null, -- no line that is not sealed has a lesser entry id
  key_id      text not null,
  hash        bytea not null, -- of the hash before, all of this and the digests of its lines
  sealed_at   timestamptz not null,
  primary key (seller_id, seq)
);
grant select, insert on ledger.seal to admitone_app;

-- Which seal a line is in. No reference to the journal: it must outlive a line that is deleted.
create table ledger.sealed (
  seller_id text not null,
  entry_id  uuid not null,
  kind      text not null,
  seq       bigint not null,
  position  int not null check (position > 0),
  digest    bytea not null,
  primary key (seller_id, entry_id, kind),
  unique (seller_id, seq, position),
  foreign key (seller_id, seq) references ledger.seal
);
grant select, insert on ledger.sealed to admitone_app;

-- Sums of all lines up to a seal, so that a balance need not add up the whole journal.
create table ledger.mark (
  seller_id text not null,
  seq       bigint not null,
  kind      text not null,
  debit     text not null,
  credit    text not null,
  asset     text not null,
  total     numeric not null check (total > 0), -- smallest units of the asset; more digits than one amount may have
  primary key (seller_id, seq, kind, debit, credit, asset),
  foreign key (seller_id, seq) references ledger.seal
);
grant select, insert on ledger.mark to admitone_app;
