import NIOCore

/// `user/…` except for sign-in (wecom.md §3.4–3.8).
struct UserEndpoints: Sendable {
    /// Above this many people `fetch_child=1` is refused with 45029.
    private static let largestReply = 10_000
    private static let largestPage = 10_000

    var table: [String: Endpoint] {
        [
            "user/get": .get(.access(get)),
            "user/list": .get(.access(list)),
            "user/simplelist": .get(.access(simpleList)),
            "user/list_id": .post(.access(listIDs)),
        ]
    }

    @Sendable private func get(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let key = try grant.requireDetails()
        guard let id = call.parameter("userid") else { throw Refusal.missingUserID }
        guard Self.isWellFormed(id) else { throw Refusal.invalidUserID }
        return try grant.corp.withState { state in
            guard let user = state.organisation.user(id) else { throw Refusal.unknownUser }
            return try state.withView(key) { view, organisation in
                guard view.visibility.includes(user) else { return Result<Answer, Refusal>.failure(.noPrivilege) }
                return .success(.rendered(Self.render(user, view.people(in: organisation))))
            }.get()
        }
    }

    /// The envelope's members stand in the user object itself.
    private static func render(_ user: User, _ people: UserRendering) -> ByteBuffer {
        var writer = JSONWriter(controlCharacters: .raw)
        people.write(user, to: &writer)
        var bytes = ByteBuffer(string: "{\"errcode\":0,\"errmsg\":\"ok\",")
        bytes.writeImmutableBuffer(writer.buffer.getSlice(at: 1, length: writer.buffer.readableBytes - 1) ?? .init())
        return bytes
    }

    @Sendable private func list(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let key = try grant.requireDetails()
        let id = try department(call)
        return try grant.corp.withState { state in
            try state.check(department: id, key)
            guard call.parameter("fetch_child") != "1" else { return try Self.everybody(below: id, key, &state) }
            return .rendered(state.withView(key) { $0.userList(of: id, in: $1) })
        }
    }

    @Sendable private func simpleList(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        let key = try grant.requireDetails()
        let id = try department(call)
        return try grant.corp.withState { state in
            try state.check(department: id, key)
            return .rendered(state.withView(key) { $0.simpleUserList(of: id, in: $1) })
        }
    }

    private func department(_ call: APICall) throws(Refusal) -> Int {
        guard let id = try call.integer("department_id") else { throw .invalidParameter }
        return id
    }

    /// The old `fetch_child=1`, which large corps cannot use (wecom.md §3.5).
    private static func everybody(below id: Int, _ key: ViewKey, _ state: inout Corp.State) throws(Refusal) -> Answer {
        let organisation = state.organisation
        let departments = organisation.subtree(of: id)
        guard departments.reduce(0, { $0 + organisation.memberCount(of: $1) }) <= largestReply else {
            throw .replyTooLarge
        }
        return .rendered(
            state.withView(key) { view, organisation in
                var seen: Set<String> = []
                let people = view.people(in: organisation)
                var writer = JSONWriter(reserving: 65_536, controlCharacters: .raw)
                writer.object { writer in
                    writer.member("errcode", 0)
                    writer.member("errmsg", "ok")
                    writer.name("userlist")
                    let users = departments.lazy.flatMap { Array(organisation.users(in: $0)) }
                    writer.array(users.filter { seen.insert($0.id).inserted }) { people.write($1, to: &$0) }
                }
                return writer.buffer
            }
        )
    }

    /// One row per user and department, for the contact-sync assistant alone (wecom.md §3.8).
    @Sendable private func listIDs(_ call: APICall, _ grant: AccessGrant) throws -> Answer {
        guard grant.agent == nil else { throw Refusal.forbiddenKind }
        let fields = try call.fields()
        let limit = fields["limit"]?.integer ?? Self.largestPage
        guard (1...Self.largestPage).contains(limit) else { throw Refusal.invalidParameter }
        let cursor = fields["cursor"]?.text ?? ""
        guard let start = cursor.isEmpty ? 0 : Int32(cursor) else { throw Refusal.invalidCursor }
        let organisation = grant.corp.organisation
        guard (0...organisation.numbers.upperBound).contains(start) else { throw Refusal.invalidCursor }
        var rows: [JSON] = []
        var next = start
        while next < organisation.numbers.upperBound, rows.count < limit {
            if let user = organisation.user(numbered: next) {
                rows += user.departments.map { ["userid": .string(user.id), "department": .integer($0)] }
            }
            next += 1
        }
        let isLast = next == organisation.numbers.upperBound
        return .ok(["next_cursor": .string(isLast ? "" : String(next)), "dept_user": .array(rows)])
    }

    /// wecom.md §3.6: 1–64 bytes, the first a letter or digit.
    static func isWellFormed(_ id: String) -> Bool {
        let bytes = Array(id.utf8)
        guard (1...64).contains(bytes.count), let first = id.unicodeScalars.first else { return false }
        let isPlain = { (scalar: Unicode.Scalar) in
            scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        }
        return isPlain(first) && id.unicodeScalars.allSatisfy { isPlain($0) || "_-@.".unicodeScalars.contains($0) }
    }
}
