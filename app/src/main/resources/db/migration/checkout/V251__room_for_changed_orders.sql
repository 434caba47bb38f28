-- An order is changed soon after it is made, and none of that is in an index: the changed row finds room beside the old one.
alter table checkout.orders set (fillfactor = 75);
