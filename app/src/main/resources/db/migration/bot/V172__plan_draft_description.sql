-- What one gets by the plan that is being added; none: its seller says nothing.
alter table bot.plan_draft add column description text check (length(description) between 1 and 200);
