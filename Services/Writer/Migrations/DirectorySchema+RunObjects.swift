import Postgres

extension DirectorySchema {
    /// What runs did to objects that are not new, and the way from a run's id to its row.
    static let runObjects = """
        create function content(image jsonb) returns jsonb language sql immutable strict as $$
            select jsonb_object_agg(said.key, said.value) from (
                select whole.key, case
                    when whole.key = 'attributes' and jsonb_typeof(whole.value) = 'object' then (
                        select coalesce(jsonb_object_agg(extended.key, extended.value), '{}')
                        from jsonb_each(whole.value) extended where extended.value not in ('null', '""')
                    ) else whole.value end as value
                from jsonb_each(image) whole
            ) said
            where said.key not in ('updated_at', 'content_hash', 'likeness')
                and said.value not in ('null', '""', '[]', '{}')
        $$;
        comment on function content is 'what a record says; that there is nothing is said in several ways';
        create table run_objects (
            idp_id uuid not null,
            epoch bigint not null,
            kind text collate "C" not null,
            object text collate "C" not null,
            external_id text not null,
            user_id uuid,
            change text not null,
            reason text,
            hold text,
            at timestamptz not null,
            before jsonb,
            after jsonb,
            is_as_before boolean not null generated always as (
                before is not null and after is not null and content(before) is not distinct from content(after)
            ) stored,
            primary key (idp_id, epoch, kind, object)
        ) partition by hash (idp_id);
        comment on table run_objects is
            'what runs did to which object; who and what is new has created_at, the time of the run, in its own row';
        comment on column run_objects.at is 'when the run was asked for';
        comment on column run_objects.before is 'of what the run changed, what it was; null where nothing was';
        comment on column run_objects.after is 'of what the run changed, what it is';
        comment on column run_objects.is_as_before is
            'whether the object says what it said before, written anew with other times and digests alone';
        create function weight(change text) returns integer language sql immutable as $$
            select case change when 'rejected' then 0 when 'updated' then 1 when 'held' then 2 else 3 end
        $$;
        comment on function weight is 'what a run did to an object in the end: the last of those that say most';
        create index run_objects_by_object on run_objects (idp_id, kind, object, at);
        create index run_objects_by_user on run_objects (user_id) where user_id is not null;
        create index run_objects_by_time on run_objects using brin (at);
        create index runs_by_id on runs (run_id);
        \(HashPartitions.migrationSQL(of: ["run_objects"]))
        \(oneTenant("run_objects", where: ofShownSource))
        """

    /// Objects whose rows are gone, and how any object is told as it was at any time: what it is now, with all that was
    /// changed since taken back, the last first.
    static let history = """
        create table deleted_objects (
            idp_id uuid not null,
            kind text collate "C" not null,
            object text collate "C" not null,
            at timestamptz not null,
            epoch bigint,
            external_id text not null,
            user_id uuid,
            image jsonb not null,
            primary key (idp_id, kind, object, at)
        ) partition by hash (idp_id);
        comment on table deleted_objects is 'what objects were whose rows are gone';
        comment on column deleted_objects.at is 'when the run was asked for, or the grace period was over';
        comment on column deleted_objects.epoch is 'the run by which it went; null after the grace period';
        comment on column deleted_objects.image is 'the row as it was before the run';
        create index deleted_objects_by_user on deleted_objects (user_id) where user_id is not null;
        create index deleted_objects_by_time on deleted_objects using brin (at);
        \(HashPartitions.migrationSQL(of: ["deleted_objects"]))
        \(oneTenant("deleted_objects", where: ofShownSource))
        -- Bound to the tables of this schema when they are made, whoever calls them.
        create function image(person users) returns jsonb language sql stable
            set timezone to 'UTC' begin atomic
            select (to_jsonb(person) - '{idp_id,tenant_id,directory_key}'::text[]) || jsonb_build_object(
                'memberships', (
                    select coalesce(
                        jsonb_agg(jsonb_build_array(department_id, sort_order, is_leader) order by department_id), '[]'
                    ) from memberships m
                    where m.idp_id = person.idp_id and m.directory_key = person.directory_key
                )
            );
        end;
        create function image(department departments) returns jsonb language sql stable
            set timezone to 'UTC' as $$
            select to_jsonb(department) - '{idp_id,tenant_id,external_id}'::text[]
        $$;
        create function difference(old jsonb, new jsonb) returns jsonb language sql immutable strict as $$
            select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(old)
            where new -> key is distinct from value
        $$;
        comment on function difference is 'the members of the old one that the new one has otherwise';
        create aggregate folded(jsonb) (sfunc = jsonb_concat, stype = jsonb, initcond = '{}');
        create function image_at(idp uuid, kind text, object text, moment timestamptz) returns jsonb
            language sql stable begin atomic
            with gone as (
                select d.image, d.at from deleted_objects d
                where d.idp_id = $1 and d.kind = $2 and d.object = $3 and d.at > $4 order by d.at limit 1
            ), base as (
                select coalesce(
                    (select gone.image from gone),
                    case $2 when 'user' then (
                        select image(u) from users u where u.idp_id = $1 and u.directory_key = $3
                    ) else (
                        select image(d) from departments d
                        where d.idp_id = $1 and d.external_id = $3::bigint
                    ) end
                ) as image
            ), past as (
                select folded(r.before order by r.at desc, r.epoch desc) as image
                from run_objects r
                where r.idp_id = $1 and r.kind = $2 and r.object = $3 and r.at > $4 and r.before is not null
                    and r.at < coalesce((select gone.at from gone), 'infinity')
            )
            select was.image from (select base.image || past.image as image from base, past) was
            where (was.image ->> 'created_at')::timestamptz <= $4;
        end;
        comment on function image_at is 'what an object was at that time; null where it was not there';
        """
}
