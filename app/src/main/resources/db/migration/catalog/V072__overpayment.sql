-- What becomes of more than was asked: a person decides, or it adds days.
alter table catalog.channel add column overpayment text not null default 'hold' check (overpayment in ('hold', 'extend'));
