-- What a seller says of a channel on its page, beside what the bot adds to its messages.
alter table catalog.channel_text drop constraint channel_text_kind_check;
alter table catalog.channel_text add constraint channel_text_kind_check check (kind in ('welcome', 'expiry', 'description'));
