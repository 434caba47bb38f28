-- What buyers are told of a seller by /support and /terms.
alter table catalog.seller add column support text, add column terms text;
