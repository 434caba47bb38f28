-- What one commit, or one batch of absorbed repeats, tells of a subject is one row.
create table timeline.entry (
  seller_id text not null,
  subject   text not null,
  entry_id  uuid not null,
  at        timestamptz not null, -- of its first event
  events    json not null, -- in the order they happened: at, kind, cause, source, detail
  primary key (seller_id, subject, entry_id)
);
grant select, insert on timeline.entry to admitone_app;

insert into timeline.entry (seller_id, subject, entry_id, at, events)
select seller_id, subject, event_id, at,
  json_build_array(json_build_object('at', at, 'kind', kind, 'cause', cause, 'source', source, 'detail', detail))
from timeline.event;
drop table timeline.event;

-- One event a row, for people who look with SQL.
create view timeline.event as
select e.seller_id, e.subject, e.entry_id, v.at, v.kind, v.cause, v.source, v.detail
from timeline.entry e, json_to_recordset(e.events) as v(at timestamptz, kind text, cause text, source text, detail json);
grant select on timeline.event to admitone_app;
