-- When the seller was told of it in the chat, or why that was not possible.
alter table cases.cases
  add told_at timestamptz,
  add untold_why text;
-- Nobody was told of what was opened before: it waits for its seller to start the bot.
update cases.cases set untold_why = 'opened_before' where state = 'open' and payment_id is not null and seller_id <> repeat('0', 12);
create index on cases.cases (seller_id, case_id) where untold_why is not null and state = 'open';

-- Of how many cases a seller was told in an hour, the last one.
create table cases.pace (
  seller_id text primary key,
  hour      timestamptz not null,
  told      int not null check (told >= 0)
);
grant select, insert, update on cases.pace to admitone_app;
