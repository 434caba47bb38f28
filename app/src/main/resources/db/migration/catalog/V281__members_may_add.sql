-- Whether every member of its group may add others, as last seen: they would come in without paying.
alter table catalog.channel add column members_may_add boolean not null default false;
