-- Which of a seller's few announcements of a day it is; null: made before there was a limit.
alter table announcements.announcement
  add column day date,
  add column nth int check (nth between 1 and 3),
  add unique (seller_id, day, nth);
