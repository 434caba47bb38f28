-- What could not be acted on is tried again later and later.
alter table messaging.update_inbox add column retry_at timestamptz;
