-- What one gets by a plan, in its seller's own words; none: they say nothing.
alter table catalog.plan add column description text check (length(description) between 1 and 200);
