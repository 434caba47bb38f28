-- What is booked is the only withdrawal of its batch.
alter table payouts.found
  add column extra_id text,
  drop constraint found_pkey,
  drop constraint found_seller_id_batch_id_key,
  add primary key (seller_id, batch_id);
