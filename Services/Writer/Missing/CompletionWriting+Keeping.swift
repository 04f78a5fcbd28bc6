import Messages
import Postgres

/// What is kept of whom a run saw, and of whom it withheld.
extension CompletionWriting {
    /// Remembers in which surroundings everybody was seen who was. Where a part of the range could not be read, those
    /// of the run before stay: to the next run it would look as if the range had been another one.
    ///
    /// - Returns: Those of the last full run before that knew the whole range.
    func noteSurroundings(on connection: isolated Connection) throws -> Surroundings? {
        let judged = completion.people == .all ? run.terms : nil
        let now = try judged.flatMap { _ in completion.wholeSurroundings }.map(jsonText)
        let rows = try connection.run(
            """
            update sources s set surroundings = coalesce(\(now)::jsonb, s.surroundings),
                mapping = coalesce(\(judged?.mapping.rawValue)::bigint, s.mapping),
                judged_case = coalesce(\(judged?.userIDCase.rawValue)::text, s.judged_case),
                judged_at = coalesce(\(judged.map { _ in run.requestedAt.description })::timestamptz, s.judged_at)
            from sources old where s.idp_id = \(identityProvider.uuid) and old.idp_id = s.idp_id
            returning old.surroundings ->> 'range', old.surroundings ->> 'scope'
            """
        )
        return try Surroundings(rows[0])
    }

    /// Remembers, where a part of the range could not be read, in which rest of it everybody was seen who was. As long
    /// as the same tags stay unread, such runs can be compared with each other; else nobody would leave all that time.
    ///
    /// - Returns: That of the last full run, if it knew no more; `nil` where this one knows the whole range.
    func notePartialSurroundings(on connection: isolated Connection) throws -> Surroundings? {
        guard completion.wholeSurroundings == nil else { return nil }
        let now = completion.people == .all ? try jsonText(completion.surroundings) : nil
        let rows = try connection.run(
            """
            update sources s set surroundings = coalesce(
                jsonb_set(coalesce(s.surroundings, '{}'), '{partly}', \(now)::jsonb), s.surroundings
            )
            from sources old where s.idp_id = \(identityProvider.uuid) and old.idp_id = s.idp_id
            returning old.surroundings -> 'partly' ->> 'range', old.surroundings -> 'partly' ->> 'scope'
            """
        )
        return try Surroundings(rows[0])
    }

    /// Who was not seen by a run of other rules cannot be compared with what comes by them.
    ///
    /// - Returns: Their keys.
    func unlikened(of missed: [Missed]) -> [String] {
        guard completion.people == .all, let mapping = completion.index.mapping, mapping != run.terms.mapping else {
            return []
        }
        return missed.filter { $0.kind == .user }.map(\.key)
    }

    static func forgetLikeness(
        of keys: [String],
        in identityProvider: IdentityProviderID,
        on connection: isolated Connection
    ) throws {
        guard !keys.isEmpty else { return }
        try connection.run(
            """
            update users set likeness = \(Likeness.unknown.rawValue)
            where idp_id = \(identityProvider.uuid) and directory_key = any(\(keys)::text[])
            """
        )
    }

    /// Remembers whose copies said otherwise, so that the next run meets them again.
    func noteCopies(on connection: isolated Connection) throws {
        guard completion.people == .all, !completion.copies.isEmpty || !completion.index.copies.isEmpty else { return }
        try connection.run("delete from copies where idp_id = \(identityProvider.uuid)")
        let copies = completion.copies.flatMap { key, contents in contents.map { (key.text, $0.bytes) } }
        try connection.run(
            """
            insert into copies (idp_id, directory_key, content_hash)
            select \(identityProvider.uuid)::uuid, copy.* from unnest(
                \(copies.map(\.0))::text[], \(copies.map(\.1))::bytea[]
            ) as copy
            """
        )
    }

    /// Forgets what was missing before and was seen now, but for who is still withheld.
    func forgetSeen(on connection: isolated Connection) throws {
        // A run that carries out an approval sees nobody.
        guard run.kind != .apply else { return }
        let withheld = Set(completion.withheld.keys.map(\.text))
        var last: MissingObject?
        while true {
            let part = try MissingRows.load(of: identityProvider, after: last, rows: Self.rowsAtOnce, on: connection)
            let gone = part.filter { isSeen($0) && ($0.kind != .user || !withheld.contains($0.key)) }
            try MissingRows.delete(gone, of: identityProvider, on: connection)
            guard part.count == Self.rowsAtOnce else { return }
            last = part.last
        }
    }

    /// Rows of those who were missing that are in memory at once.
    private static let rowsAtOnce = 1_000

    private func isSeen(_ object: MissingObject) -> Bool {
        switch object.kind {
        case .department: object.object.departmentID.map { completion.index.sees(department: $0) } ?? true
        case .user: isSeen(person: object)
        }
    }

    private func isSeen(person: MissingObject) -> Bool {
        switch completion.index.users[ContentDigest(of: person.key)]?.verdict {
        case nil: false
        // A record that could not be taken says neither whether the account is disabled nor whose it is.
        case .rejected?: person.reason != .disabledInWeCom && !person.isReused
        case .created?, .updated?, .unchanged?: true
        }
    }

    /// Has somebody decide about those who are disabled in WeCom beyond what may be, and whose user ids another human may
    /// have.
    ///
    /// - Returns: How many that concerns.
    func hold(on connection: isolated Connection) throws -> Int {
        guard !completion.withheld.isEmpty else { return 0 }
        let names = completion.withheld.keys.map { DirectoryObject(.user, $0.text) }
        let rows = try MissingRows.load(names, of: identityProvider, on: connection)
        let known = Dictionary(rows.map { ($0.key, $0) }) { $1 }
        let objects = completion.withheld.map { key, withheld in
            let object =
                known[key.text]
                ?? MissingObject(kind: .user, key: key.text, externalID: withheld.externalID, since: moment)
            return object.withheld(withheld, by: moment, in: completion.wholeSurroundings)
        }
        try MissingRows.save(objects.sorted { $0.key < $1.key }, of: identityProvider, in: epoch, on: connection)
        return objects.count { $0.state == .held }
    }
}

extension Surroundings {
    /// - Parameter row: Their digests; null where there are none.
    fileprivate init?(_ row: Row) throws {
        let (range, scope) = try row.decode(String?.self, String?.self)
        guard let range = range.flatMap(ContentDigest.init), let scope = scope.flatMap(ContentDigest.init) else {
            return nil
        }
        self.init(range: range, scope: scope)
    }
}

extension MissingObject {
    /// Somebody who is there, and about whom somebody has to decide, unless they did.
    ///
    /// - Parameter surroundings: Nil where nobody knows whether they are others than before.
    fileprivate func withheld(
        _ withheld: Withheld,
        by run: Moment,
        in surroundings: Surroundings?
    ) -> MissingObject {
        let isSame = withheld.reusedBy.map { isReused(by: $0) } ?? (reason == .disabledInWeCom)
        if state == .kept, isSame, surroundings == nil || keptIn == surroundings { return self }
        if let likeness = withheld.reusedBy { return held(asReusedBy: likeness, by: run) }
        var object = (isReused ? undecided : self).held(.disabledInWeCom, by: run)
        (object.isReused, object.reusedBy, object.reason) = (false, nil, .disabledInWeCom)
        return object
    }
}
