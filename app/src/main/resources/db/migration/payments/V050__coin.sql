create table payments.coin (
  code          text primary key,
  name          text, -- the provider's; null: it was never told
  network       text,
  is_enabled    boolean not null, -- by the account, and payable, when its coins were last told
  minimum_units numeric(38, 0), -- the least that can be paid in it; null: not told yet
  minimum_asset text,
  refused       text, -- why the provider tells no minimum: it cannot be paid in now
  ask_at        timestamptz not null, -- when its minimum is asked for next
  check ((minimum_units is null) = (minimum_asset is null))
);
comment on table payments.coin is 'reference: what the provider''s account can be paid in belongs to no seller';
grant select, insert, update on payments.coin to admitone_app;
