-- What a person is asked about those of a channel who can be told of their end in no way: one question, until they are told or gone.
alter table access.channel_terms add column untold text; -- the subject of its case; null: nobody is asked
-- Those that were open, several for one channel, are asked anew where they still hold.
update cases.cases set state = 'decided', decision = 'wait', reason = 'settled: asked anew', decided_by = 'admitone', decided_at = opened_at
where kind = 'members_untold' and state = 'open';
