-- The post in the channel, to be deleted when the next one stands; null: not known.
alter table access.unreachable_post add column message_id bigint;
