-- What a person dismissed before parts of a price could add up counts for none.
update payments.payment p set hold = 'dismissed'
where p.state = 'partially_paid' and p.hold is null
  and exists (select from cases.cases c
    where c.seller_id = p.seller_id and c.payment_id = p.payment_id and c.kind = 'underpaid' and c.decision = 'dismiss');
