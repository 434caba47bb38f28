-- Who was whitelisted before is known to the bot too: /start finds them by their sellers.
insert into access.buyer_route (telegram_user_id, seller_id)
select distinct telegram_user_id, seller_id from access.listed where word = 'whitelisted'
on conflict (telegram_user_id, seller_id) do nothing;
create index on access.listed (seller_id, telegram_user_id) where word = 'whitelisted';
