-- What the service stopped by itself stands beside a person's hold: neither ends with the other.
alter table payouts.safeguard add column stopped_why text;
update payouts.safeguard set stopped_why = held_why, held_by = null, held_why = null where held_by = 'admitone';
