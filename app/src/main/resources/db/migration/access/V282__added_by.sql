-- Who has let them in without any link, as last heard; null: nobody but themselves.
alter table access.seat add column added_by bigint;
