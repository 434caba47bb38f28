-- What is given up is listed by when it was due. First what asks for the whole table: who works on tasks would wait for one half, and this for the other.
drop index tasks.task_dead;
create index task_dead on tasks.task (kind, due_at) where state = 'dead';
