import Postgres
import SuiteTesting

/// A reader who looks again and again at each row that has a position, and at people whose names count up.
actor ReplayWatch {
    private static let interval = Duration.milliseconds(50)
    private static let limit = Duration.seconds(10)

    private let database: Database
    private var check = PositionCheck()
    /// Older states that were seen after newer ones.
    private(set) var older: [String] = []
    /// Looks that saw everything.
    private(set) var looks = 0

    init(_ suite: Suite) {
        database = Database(url: suite.databaseURL, connections: 1, logger: quietLogger())
    }

    /// How many rows were seen so far.
    var rows: Int { check.rows }

    /// Goes on until the task is cancelled.
    func work() async {
        while !Task.isCancelled {
            // What is not answered is asked again.
            try? await look()
            try? await Task.sleep(for: Self.interval)
        }
    }

    func look() async throws {
        let rows = try await PositionCheck.Row.all(in: database, within: Self.limit, byLife: true) + names()
        for (subject, what) in check.look(at: rows) { older.append("\(subject): \(what)") }
        looks += 1
    }

    func close() async { await database.close() }

    /// A directory that is rebuilt passes through its older states; whoever knows it by its changes never sees them.
    private func names() async throws -> [PositionCheck.Row] {
        let rows = try await database.run(
            """
            select 'name in the directory of ' || idp_id || ' ' || external_id
                    || (select ' in ' || id from directory.incarnation),
                substring(display_name from 'v([0-9]+)$')::bigint
            from directory.users where display_name ~ '^watched v[0-9]+$'
            union all select 'name of the principal of ' || idp_id || ' ' || external_id,
                substring(name from 'v([0-9]+)$')::bigint
            from verifier.principals where name ~ '^watched v[0-9]+$'
            """,
            within: Self.limit
        )
        return try rows.map { row in
            let (name, version) = try row.decode(String.self, Int64.self)
            return PositionCheck.Row(name: name, major: version, minor: 0)
        }
    }
}
