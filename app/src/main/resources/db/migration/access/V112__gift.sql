-- A gift code: whoever redeems it first has a grant, once.
create table access.gift (
  seller_id   text not null,
  gift_id     uuid not null,
  channel_id  uuid not null,
  days        integer check (days > 0), -- null: for life
  code_digest text not null, -- of the code, which is kept nowhere
  redeemed_by bigint,
  redeemed_at timestamptz,
  revoked_at  timestamptz,
  primary key (seller_id, gift_id),
  unique (seller_id, code_digest),
  check ((redeemed_by is null) = (redeemed_at is null)),
  check (redeemed_at is null or revoked_at is null)
);
create index on access.gift (seller_id, channel_id, gift_id);
grant select, insert, update on access.gift to admitone_app;

-- Codes that were none: nobody may try many.
create table access.gift_guess (
  seller_id        text not null, -- the platform's: a code that is none is nobody's
  telegram_user_id bigint not null,
  update_id        bigint not null,
  at               timestamptz not null,
  primary key (seller_id, telegram_user_id, update_id)
);
grant select, insert on access.gift_guess to admitone_app;
