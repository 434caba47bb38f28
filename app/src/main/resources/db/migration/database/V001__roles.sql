-- The service works as this role, which may only insert into journal and timeline. Migrations run as the owner.
do $$
begin
  if not exists (select from pg_roles where rolname = 'admitone_app') then
    create role admitone_app nologin;
  end if;
exception
  when duplicate_object or unique_violation then null; -- another database of this cluster made it just now
end
$$;
grant admitone_app to current_user;
