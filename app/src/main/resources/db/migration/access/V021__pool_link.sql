create table access.pool_link (
  seller_id   text not null,
  link_id     uuid not null, -- UUIDv7: links are handed out oldest first
  channel_id  uuid not null,
  bot_id      bigint not null, -- who made it; nobody else can change or revoke it
  name        text not null,
  url         text, -- null: the answer was lost, nobody knows it
  state       text not null check (state in ('free', 'assigned', 'revoking', 'revoked', 'void', 'abandoned')),
  grant_id    uuid, -- whose way in it is, or was
  supersedes  uuid, -- the grant's link before it
  expires_at  timestamptz not null,
  assigned_at timestamptz,
  ready_at    timestamptz, -- its expiry was set for its grant: it may be told
  told_at     timestamptz, -- a message with it may have been sent
  used_at     timestamptz, -- somebody came in by it
  revoked_at  timestamptz, -- the messenger confirmed that nobody comes in by it any more
  why         text, -- it is no longer free or living
  primary key (seller_id, link_id),
  unique (seller_id, url),
  check (state <> 'free' or (url is not null and grant_id is null)),
  check (state not in ('assigned', 'revoking', 'revoked') or url is not null),
  check (state <> 'assigned' or (grant_id is not null and assigned_at is not null)),
  check ((state = 'revoked') = (revoked_at is not null))
);
create unique index pool_link_living on access.pool_link (seller_id, grant_id) where state = 'assigned'; -- one way in per grant
create index pool_link_free on access.pool_link (seller_id, channel_id, link_id) where state = 'free';
create index pool_link_grant on access.pool_link (seller_id, grant_id) where grant_id is not null;
create index pool_link_used_up on access.pool_link (seller_id, channel_id, assigned_at) where assigned_at is not null;
create index pool_link_name on access.pool_link (seller_id, channel_id, name) where url is null;
grant select, insert, update on access.pool_link to admitone_app;
