create schema money;
grant usage on schema money to admitone_app;

create table money.rate (
  asset  text primary key,
  usd    numeric not null check (usd > 0),
  at     timestamptz not null,
  source text not null
);
comment on table money.rate is 'reference: rates belong to no seller';
grant select, insert, update on money.rate to admitone_app;
