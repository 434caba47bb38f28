create table checkout.coupon (
  seller_id    text not null,
  coupon_id    uuid not null,
  channel_id   uuid not null,
  plan_id      uuid, -- null: any of the channel
  code         text not null check (code ~ '^[A-Z0-9-]{3,32}$'),
  tag          text not null, -- stands for it in a link to the bot
  percent      numeric(5, 2) check (percent > 0 and percent < 100),
  amount_cents numeric(38, 0) check (amount_cents > 0),
  most_uses    int check (most_uses > 0), -- null: any number
  valid_from   timestamptz,
  valid_until  timestamptz,
  closed_at    timestamptz,
  primary key (seller_id, coupon_id),
  unique (seller_id, channel_id, code),
  unique (seller_id, tag),
  check ((percent is null) <> (amount_cents is null))
);
grant select, insert, update on checkout.coupon to admitone_app;
