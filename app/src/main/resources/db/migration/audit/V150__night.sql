create schema audit;
grant usage on schema audit to admitone_app;

-- The nightly comparison, each night by one instance; under the platform's own row.
create table audit.night (
  seller_id   text not null,
  night       date not null,
  begun_at    timestamptz not null,
  finished_at timestamptz, -- null: under way, or cut off
  differences int,
  incomplete  text, -- why not all was compared
  primary key (seller_id, night)
);
grant select, insert, update on audit.night to admitone_app;

-- What two sides said differently, from the night it was found to the night it was gone. A person is asked once for each.
create table audit.difference (
  seller_id text not null,
  kind      text not null,
  about     text not null,
  found_on  date not null,
  gone_on   date,
  primary key (seller_id, kind, about, found_on)
);
create unique index difference_open on audit.difference (seller_id, kind, about) where gone_on is null;
grant select, insert, update on audit.difference to admitone_app;
