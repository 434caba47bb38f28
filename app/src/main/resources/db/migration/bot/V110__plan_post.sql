-- The post of a channel's plans in its open chat.
create table bot.plan_post (
  seller_id  text not null,
  channel_id uuid not null,
  is_on      boolean not null,
  version    integer not null check (version > 0), -- of what is to be seen there
  shown      integer not null default 0, -- the version that is seen
  message_id bigint, -- of the post; none stands there, or nobody knows which
  refused    text, -- why it could not be posted; null again as soon as it could
  primary key (seller_id, channel_id)
);
grant select, insert, update on bot.plan_post to admitone_app;
