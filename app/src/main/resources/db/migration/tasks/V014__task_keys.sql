-- One index serves both: what makes a task be owed once, and what an operator looks up by subject.
alter table tasks.task drop constraint task_seller_id_kind_subject_key;
drop index tasks.task_subject;
alter table tasks.task add unique (seller_id, subject, kind);

-- By kind: what stands still of one kind is not in the way of another.
drop index tasks.task_due;
create index task_due on tasks.task (kind, due_at) where state in ('ready', 'running');
