-- Why nothing is sold there, of what a seller has to mend: null where the bot lacks a right.
alter table catalog.channel add column cannot_admit_why text check (cannot_admit_why in ('public', 'basic_group'));
