-- Since when: an older answer of a person does not end a newer stop.
alter table payouts.safeguard add column stopped_at timestamptz;
update payouts.safeguard set stopped_at = 'epoch' where stopped_why is not null;
alter table payouts.safeguard add check ((stopped_why is null) = (stopped_at is null));
