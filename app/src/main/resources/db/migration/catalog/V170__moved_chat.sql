-- An open group that became a supergroup has another id from then on; what was said of it before names the old one.
create table catalog.moved_chat (
  seller_id    text not null references catalog.seller,
  from_chat_id bigint not null,
  to_chat_id   bigint not null,
  primary key (seller_id, from_chat_id),
  check (from_chat_id <> to_chat_id)
);
grant select, insert on catalog.moved_chat to admitone_app;
