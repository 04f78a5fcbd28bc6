import Postgres

/// `verifier.device_grants`: which devices wait for a person to log on to them (RFC 8628), and what came of it.
///
/// All instances share it: the device asks any of them, and the person answers at any other.
struct DeviceGrantStore: Sendable {
    let database: Database

    /// How long a person may take, in seconds.
    static let lifetime: Int64 = 600
    /// How many seconds a device waits between two questions, to begin with (RFC 8628 §3.2).
    static let interval: Int64 = 5
    /// How many seconds more a device waits that was told to slow down (RFC 8628 §3.5).
    private static let slowdown: Int64 = 5
    /// How long a device has to fetch what it was given, in seconds, however late that was.
    private static let fetching: Int64 = 60
    /// How often another code is drawn where one is taken already.
    private static let tries = 5

    /// A device that nobody has answered yet.
    struct Waiting: Equatable, Sendable {
        let client: String
        let scope: Scope
    }

    /// What a person said of a device.
    struct Answer: Sendable {
        let code: UserCode
        let isAllowed: Bool
        /// The logon that the person's browser remembers.
        let logon: Ticket
    }

    /// No code was free.
    struct NoCode: Error {}

    /// Has a device wait.
    ///
    /// - Returns: What the device asks by, and what it shows.
    func begin(for client: Client, _ scope: Scope) async throws -> (device: Ticket, user: UserCode) {
        for _ in 0..<Self.tries {
            let (device, user) = (Ticket.make(), UserCode.make())
            let rows = try await database.run(
                """
                insert into verifier.device_grants (digest, user_digest, client_id, scope, poll_interval, expires_at)
                values (\(device.digest), \(user.digest), \(client.id), \(scope.description), \(Self.interval),
                    now() + make_interval(secs => \(Self.lifetime)))
                on conflict do nothing returning 1
                """
            )
            if !rows.isEmpty { return (device, user) }
        }
        throw NoCode()
    }

    /// Reads the device of a code: a row where it waits.
    static func find(_ code: UserCode) -> SQL {
        "select client_id, scope from verifier.device_grants where user_digest = \(code.digest) and \(isWaiting)"
    }

    /// The device of the rows of ``find(_:)``.
    static func waiting(_ rows: [Row]) throws -> Waiting? {
        guard let row = rows.first else { return nil }
        let (client, scope) = try row.decode(String.self, String.self)
        return Waiting(client: client, scope: Scope(scope))
    }

    /// Refuses a device, once.
    ///
    /// - Returns: Whether it waited.
    func deny(_ code: UserCode) async throws -> Bool {
        let rows = try await database.run(
            """
            update verifier.device_grants set denied_at = now()
            where user_digest = \(code.digest) and \(Self.isWaiting) returning 1
            """
        )
        return !rows.isEmpty
    }

    /// Lets a device in, once: no row where it waits no more. It can fetch its tokens for a while yet.
    static func allow(_ code: UserCode) -> SQL {
        """
        update verifier.device_grants set allowed_at = now(),
            expires_at = greatest(expires_at, now() + make_interval(secs => \(fetching)))
        where user_digest = \(code.digest) and \(isWaiting) returning 1
        """
    }

    /// Reads when a device can fetch its tokens no more.
    static func end(of code: UserCode) -> SQL {
        "select expires_at from verifier.device_grants where user_digest = \(code.digest)"
    }

    /// Gives the device that was let in its session.
    static func attach(_ session: String, to code: UserCode) -> SQL {
        "update verifier.device_grants set session_id = \(session) where user_digest = \(code.digest)"
    }

    /// Whose device it is that was given this very answer: by that logon, where it was let in.
    func client(of answer: Answer) async throws -> String? {
        let rows = try await database.run(
            """
            select device.client_id
            from verifier.device_grants as device
            left join verifier.sessions as session
                on session.id = device.session_id and session.ended_at is null
            where device.user_digest = \(answer.code.digest) and case when \(answer.isAllowed)
                then session.browser_logon = \(answer.logon.digest) else device.denied_at is not null end
            """
        )
        return try rows.first?.decode(String.self)
    }

    private static let isWaiting: SQL = "allowed_at is null and denied_at is null and expires_at > now()"

    /// Holds a device until the transaction ends; no row for one that is not known.
    static func lock(_ digest: [UInt8]) -> SQL {
        let grace = Int64(GrantStore.codeGrace / .seconds(1))
        // Half a second is the network's.
        return """
            select client_id, session_id, denied_at is not null, expires_at > now(), used_at is not null,
                coalesce(used_at > now() - make_interval(secs => \(grace)), false),
                coalesce(polled_at > now() - make_interval(secs => poll_interval) + interval '500 milliseconds', false)
            from verifier.device_grants where digest = \(digest) for update
            """
    }

    /// Notes that a device asked.
    ///
    /// - Parameter isTooFast: Whether it waits longer from now on.
    static func polled(_ digest: [UInt8], isTooFast: Bool) -> SQL {
        """
        update verifier.device_grants set polled_at = now(),
            poll_interval = poll_interval + \(isTooFast ? slowdown : 0)
        where digest = \(digest)
        """
    }

    /// Marks a device's code as used.
    static func use(_ digest: [UInt8]) -> SQL {
        "update verifier.device_grants set used_at = now() where digest = \(digest)"
    }
}
