create schema tasks;
grant usage on schema tasks to admitone_app;

create table tasks.task (
  seller_id   text not null,
  kind        text not null,
  subject     text not null,
  task_id     uuid not null,
  payload     jsonb not null,
  state       text not null check (state in ('ready', 'running', 'done', 'dead')),
  due_at      timestamptz not null, -- of a running task: the end of its lease
  attempt     int not null default 0,
  failures    int not null default 0, -- attempts that certainly failed since it was owed, or owed again
  unknowns    int not null default 0,
  interrupted boolean not null default false,
  last_error  text,
  created_at  timestamptz not null,
  owed_since  timestamptz not null, -- later than created_at when it was owed again
  done_at     timestamptz,
  primary key (seller_id, task_id),
  unique (seller_id, kind, subject)
);
create index task_due on tasks.task (due_at) where state in ('ready', 'running');
create index task_dead on tasks.task (kind) where state = 'dead';
create index task_subject on tasks.task (seller_id, subject);
grant select, insert, update on tasks.task to admitone_app;

create table tasks.queue (
  kind   text primary key,
  paused boolean not null
);
comment on table tasks.queue is 'reference: a queue is paused for all sellers';
grant select, insert, update on tasks.queue to admitone_app;
