-- An invoice is a page of the provider's own, where the buyer chooses the coin. It takes no money by itself: payments are made by it.
create table payments.invoice (
  seller_id   text not null,
  invoice_id  text not null,
  order_id    text not null,
  rest_units  numeric(38, 0) check (rest_units > 0), -- null: it was made for the whole price
  rest_asset  text,
  page        text not null, -- where the buyer pays
  created_at  timestamptz not null,
  next_ask_at timestamptz, -- null: the provider is not asked any more
  asked       int not null default 0,
  primary key (seller_id, invoice_id),
  check ((rest_units is null) = (rest_asset is null))
);
create index on payments.invoice (next_ask_at) where next_ask_at is not null;
grant select, insert, update on payments.invoice to admitone_app;

comment on column payments.creation.pay_currency is 'the coin; *: whichever the buyer chooses, so that an invoice is made';
comment on column payments.creation.payment_id is 'of what was made: the payment, or the invoice';
