-- The newest seal before a line, for the balance after it: one entry a seal, not a line.
create index seal_until on ledger.seal (seller_id, until_entry, seq);
