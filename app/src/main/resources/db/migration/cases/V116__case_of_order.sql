-- What a buyer reads of money beside the payment that paid an order.
create index on cases.cases (seller_id, order_id) where order_id is not null;
