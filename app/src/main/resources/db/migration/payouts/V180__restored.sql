-- In the platform's row: since a restore nobody has said that what is approved by itself may go on.
alter table payouts.safeguard add column restored_at timestamptz;
