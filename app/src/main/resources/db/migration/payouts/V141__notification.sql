-- What the provider told of withdrawals, as it was signed; the platform's row where its batch was not known yet.
create table payouts.notification (
  seller_id   text not null,
  digest      text not null,
  body        bytea not null,
  source      text not null,
  received_at timestamptz not null,
  primary key (seller_id, digest)
);
grant select, insert on payouts.notification to admitone_app;
