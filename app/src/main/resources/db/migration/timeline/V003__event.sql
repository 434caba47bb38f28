create schema timeline;
grant usage on schema timeline to admitone_app;

create table timeline.event (
  seller_id text not null,
  subject   text not null,
  event_id  uuid not null,
  at        timestamptz not null,
  kind      text not null,
  cause     text not null,
  source    text not null,
  detail    jsonb not null,
  primary key (seller_id, subject, event_id)
);
grant select, insert on timeline.event to admitone_app;
