import Postgres

extension DirectorySchema {
    /// What runs would do, and what of a run waits until it may be done.
    static let plans = """
        create table planned_parts (
            idp_id uuid not null,
            epoch bigint not null,
            part bigint not null,
            kind text not null,
            objects bigint not null,
            content text not null,
            primary key (idp_id, epoch, part)
        ) partition by hash (idp_id);
        comment on table planned_parts is
            'what a run that writes at its end alone has gathered, in its order; gone when the run is over';
        comment on column planned_parts.part is 'the offset behind the messages that it came with';
        create table plans (
            idp_id uuid not null,
            epoch bigint not null,
            state text not null,
            expires_at timestamptz not null,
            mapping bigint not null,
            digest bytea,
            objects bigint not null,
            counts jsonb not null default '[]',
            plan_epoch bigint,
            differences bigint,
            carried_out_epoch bigint,
            primary key (idp_id, epoch)
        );
        comment on table plans is 'what a run would do';
        comment on column plans.digest is 'of all that would be changed, without regard to times';
        comment on column plans.plan_epoch is 'the run whose plan was to be carried out';
        comment on column plans.differences is 'objects of which this run would have made something else';
        create index plans_by_expiry on plans (expires_at);
        create table plan_objects (
            idp_id uuid not null,
            epoch bigint not null,
            kind text collate "C" not null,
            object text collate "C" not null,
            external_id text not null,
            user_id uuid,
            name text,
            change text not null,
            reason text,
            hold text,
            before jsonb,
            after jsonb,
            primary key (idp_id, epoch, kind, object)
        ) partition by hash (idp_id);
        comment on table plan_objects is 'what a run would do to which object, without what its time decides';
        \(HashPartitions.migrationSQL(of: ["planned_parts", "plan_objects"]))
        \(oneTenant("plans", where: ofShownSource))
        \(oneTenant("plan_objects", where: ofShownSource))
        create function planned(image jsonb) returns jsonb language sql immutable strict as $$
            select image - '{created_at,updated_at,removed_epoch,content_hash,likeness}'::text[]
        $$;
        comment on function planned is 'of an image, what does not come of when a run is carried out';
        """
}
