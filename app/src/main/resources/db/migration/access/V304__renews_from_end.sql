-- Whether a renewal after this end begins there: not where it was recorded before the notice said so. The rows of before are not rewritten.
alter table access.ending add column renews_from_end boolean not null default false;
alter table access.ending alter column renews_from_end set default true;
