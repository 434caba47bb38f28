-- An order that a person's decision made: one per case, so that a case extends once.
alter table checkout.orders add column case_id uuid; -- null: a buyer's
create unique index on checkout.orders (seller_id, case_id) where case_id is not null;
