-- How its chat is called, as last seen; null: never seen. A channel that is called the same follows it.
alter table catalog.channel add column chat_title text;
