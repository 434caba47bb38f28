create schema bot;
grant usage on schema bot to admitone_app;

-- How far somebody has come who puts a chat on sale in the chat with the bot.
create table bot.sale_setup (
  seller_id        text not null, -- the platform's: who sets up is no seller yet
  chat_id          bigint not null,
  telegram_user_id bigint not null,
  title            text not null,
  told             boolean not null, -- the question reached the person
  offer            text, -- the plan that was picked
  admission        text check (admission in ('join_request', 'one_time_link')),
  primary key (seller_id, chat_id, telegram_user_id)
);
create index on bot.sale_setup (seller_id, telegram_user_id) where not told;
grant select, insert, update on bot.sale_setup to admitone_app;
