-- Since when the bot lacks a right that it needs to let people in, as last looked; null: it has all.
alter table catalog.channel add column cannot_admit_since timestamptz;
