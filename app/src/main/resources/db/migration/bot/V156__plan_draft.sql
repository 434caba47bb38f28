-- The plan that a seller is adding in the chat: one at a time.
create table bot.plan_draft (
  seller_id   text primary key,
  plan_id     uuid not null, -- that it gets
  channel_id  uuid not null,
  days        int check (days > 0), -- none: for life
  price_units numeric(38, 0) check (price_units > 0), -- cents of USD; none: not named yet
  is_open     boolean not null, -- what the seller writes is its price
  begun_at    timestamptz not null
);
grant select, insert, update on bot.plan_draft to admitone_app;
