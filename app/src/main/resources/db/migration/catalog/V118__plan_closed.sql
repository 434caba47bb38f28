-- A plan that is not sold any more: who has it keeps it.
alter table catalog.plan add column closed_at timestamptz; -- null: on sale
