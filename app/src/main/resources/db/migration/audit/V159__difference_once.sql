-- A difference carries when what it is about was made, and is asked about once.
alter table audit.difference drop column times;
