-- A refund of money that was set aside takes nothing of a balance: what it sends was in no line of USD.
alter table payouts.payout
  drop constraint payout_amount_units_check,
  add check (amount_units > 0 or (amount_units = 0 and fee_units = 0 and destination_id is null));
