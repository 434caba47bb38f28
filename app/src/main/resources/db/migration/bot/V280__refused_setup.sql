-- Whoever could not be told why a chat of theirs is not put on sale is told when they start the bot, once.
alter table bot.sale_setup add column refused boolean not null default false;
