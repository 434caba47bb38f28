-- Nobody was told of these in the chat before: they wait for their seller to start the bot, or for the buyer to ask.
update cases.cases set untold_why = 'opened_before' where state = 'open' and told_at is null and untold_why is null and seller_id <> repeat('0', 12)
  and kind in ('too_many_strangers', 'inside_without_grant', 'many_inside_without_grant', 'administrator_inside', 'orphan_link');
