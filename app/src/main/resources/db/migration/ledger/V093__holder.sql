-- Whose account a line is about, where the account is one of many: a referrer's, by their Telegram user id.
alter table ledger.journal add column holder text;
create index journal_holder on ledger.journal (seller_id, holder) where holder is not null;
