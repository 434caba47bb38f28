-- The last update that told whether they are inside: of two in one second, the finest that Telegram tells, the later has the higher number.
alter table access.seat add column inside_update_id bigint;
