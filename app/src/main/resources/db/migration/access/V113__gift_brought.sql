-- Who has brought the code of a gift, and may press its button: what a button holds is no secret.
create table access.gift_brought (
  seller_id        text not null,
  gift_id          uuid not null,
  telegram_user_id bigint not null,
  primary key (seller_id, gift_id, telegram_user_id),
  foreign key (seller_id, gift_id) references access.gift (seller_id, gift_id)
);
grant select, insert on access.gift_brought to admitone_app;
