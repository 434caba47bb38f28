-- What is done is listed by when it was due, as is what is given up.
create index task_done on tasks.task (kind, due_at, task_id) where state = 'done';
drop index tasks.task_dead;
create index task_dead on tasks.task (kind, due_at, task_id) where state = 'dead';
