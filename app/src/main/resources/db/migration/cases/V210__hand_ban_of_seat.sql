-- What buyers read asks by channel and person whether a ban made in Telegram is open.
create index on cases.cases (seller_id, (detail ->> 'seat')) where kind = 'buyer_banned' and state = 'open';
