-- One index entry a line that is sealed, and no look for its seal: verifying reads both, and counts.
alter table ledger.sealed
  drop constraint sealed_seller_id_seq_fkey,
  drop constraint sealed_seller_id_seq_position_key;

alter table ledger.seal add from_entry uuid; -- the least entry id in it; null in seals of before: no lesser than the open_from before
