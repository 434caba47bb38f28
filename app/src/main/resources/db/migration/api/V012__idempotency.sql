create schema api;
grant usage on schema api to admitone_app;

-- A caller's key leads to the seller whose transaction makes the effect, and is bound to one request for ever.
create table api.idempotency_route (
  scope     text not null, -- whose key it is: a seller's, or the platform's for the operator
  key       text not null,
  request   bytea not null, -- SHA-256 of method, path and body
  seller_id text not null,
  primary key (scope, key)
);
comment on table api.idempotency_route is 'route: a caller''s idempotency key leads to the seller whose effect it names';
grant select, insert on api.idempotency_route to admitone_app;

create table api.idempotency (
  seller_id text not null,
  scope     text not null,
  key       text not null,
  at        timestamptz not null,
  status    int, -- null only inside the transaction that makes the effect
  body      text,
  primary key (seller_id, scope, key)
);
grant select, insert, update (status, body) on api.idempotency to admitone_app;

create table api.token (
  seller_id  text not null,
  token_id   uuid not null,
  digest     bytea not null, -- SHA-256 of the token
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (seller_id, token_id)
);
grant select, insert, update (revoked_at) on api.token to admitone_app;
