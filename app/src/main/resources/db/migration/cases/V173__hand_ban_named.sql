-- Of bans made in Telegram that were asked about before, the subject alone said where; what is decided is looked up in the detail.
update cases.cases set detail = detail || jsonb_build_object('channel', split_part(subject, ':', 2), 'seat', substr(subject, length('channel:') + 1))
where kind = 'buyer_banned' and state = 'open' and not detail ? 'seat';
-- Nobody was told of them in the chat: they wait for their seller to start the bot.
update cases.cases set untold_why = 'opened_before' where kind = 'buyer_banned' and state = 'open' and told_at is null and untold_why is null
  and subject ~ ':user-[0-9]+$';
