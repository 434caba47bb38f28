-- Another Telegram user is to be a seller's contact from then on; until then whoever is it now may say no. Null: none is.
create table catalog.new_contact (
  seller_id        text not null primary key references catalog.seller,
  telegram_user_id bigint check (telegram_user_id > 0),
  counts_from      timestamptz,
  check ((telegram_user_id is null) = (counts_from is null))
);
grant select, insert, update on catalog.new_contact to admitone_app;
-- A contact of before does not lead to the seller any more.
grant update (key) on catalog.route to admitone_app;
