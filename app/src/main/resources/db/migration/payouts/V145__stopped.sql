-- What the service stopped by itself stands beside a person's hold: neither ends with the other.
alter table payouts.safeguard add column stopped_why text;
update payouts.safeguard set stopped_why = held_why, held_by = null, held_why = null where held_by = 'admitone';
-- And where it was to be stopped while a person held it, which was forgotten then.
update payouts.safeguard s set stopped_why = 'an open case about a payout: see ./admitone cases'
where stopped_why is null and exists (select from cases.cases c
  where c.seller_id = s.seller_id and c.kind in ('payout_not_on_record', 'payout_contradicted') and c.state = 'open');
