create schema api;
grant usage on schema api to admitone_app;

create table api.idempotency (
  seller_id text not null, -- the platform's where no seller is named
  key       text not null,
  request   bytea not null, -- SHA-256 of method, path and body
  status    int not null,
  body      text not null,
  at        timestamptz not null,
  primary key (seller_id, key)
);
grant select, insert on api.idempotency to admitone_app;

create table api.token (
  seller_id  text not null,
  token_id   uuid not null,
  digest     bytea not null, -- SHA-256 of the token
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (seller_id, token_id)
);
grant select, insert, update (revoked_at) on api.token to admitone_app;
