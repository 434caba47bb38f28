-- Where a seller's buyers pay: on our own page, or on one that the provider hosts.
alter table catalog.seller
  add column payment_page text not null default 'own' check (payment_page in ('own', 'hosted'));
