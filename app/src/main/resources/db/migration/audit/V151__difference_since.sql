-- What a difference is about was made after this: a look that goes back so far sees whether it is still there.
alter table audit.difference add column since timestamptz;
update audit.difference set since = found_on - interval '8 days';
alter table audit.difference alter column since set not null;
-- How often it was found in its night: once again when a look that was cut off had taken it for gone.
alter table audit.difference add column times int not null default 1;
