-- Nobody was told in the chat of these that were opened before: they wait for their seller to start the bot.
update cases.cases set untold_why = 'opened_before' where state = 'open' and kind in ('many_removals', 'members_untold') and untold_why is null and told_at is null;
