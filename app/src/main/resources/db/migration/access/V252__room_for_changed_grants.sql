-- A grant is changed when its link is told and when its buyer comes in, and none of that is in an index: the changed row finds
-- room beside the old one.
alter table access.grants set (fillfactor = 75);
