-- Every ten minutes those of all sellers are read by their ids, and for each plan that is too cheap whether its seller was asked.
create index on cases.cases (case_id) where kind = 'price_too_low';
create index on cases.cases (seller_id, (detail ->> 'plan')) where kind = 'price_too_low';
