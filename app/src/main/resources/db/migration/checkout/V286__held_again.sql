-- When the use of a coupon was last taken for its order, shortly before its first address; null: when the order was made.
alter table checkout.reduction add column held_at timestamptz;
grant update (held_at) on checkout.reduction to admitone_app;
