-- looked at before a link is told for the first time
create index pool_link_lost on access.pool_link (seller_id, channel_id) where why = 'free before a restore';
