alter table catalog.channel add column admission text not null default 'join_request'
  check (admission in ('join_request', 'one_time_link'));
