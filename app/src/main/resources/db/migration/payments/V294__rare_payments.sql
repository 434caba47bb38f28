-- What a list by one of these finds among millions of payments. None comes here on its way to be paid, or to expire.
create index payment_rare on payments.payment (seller_id, created_at, payment_id)
  where state in ('partially_paid', 'held', 'failed', 'cancelled', 'refunded');
