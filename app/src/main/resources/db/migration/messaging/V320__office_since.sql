-- Since when its holder has held the office without a break. Null, of a holder that does not say so: for ever.
alter table messaging.office add column since timestamptz;
