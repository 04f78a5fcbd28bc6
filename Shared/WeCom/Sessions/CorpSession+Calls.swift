public import Sealing

extension CorpSession {
    /// ``WeComClient/departmentList(under:token:)``
    public func departmentList(under id: Int64? = nil) async throws -> [UInt8] {
        try await call("department/list") { try await client.departmentList(under: id, token: $0) }
    }

    /// ``WeComClient/departmentSimpleList(under:token:)``
    public func departmentSimpleList(under id: Int64? = nil) async throws -> [UInt8] {
        try await call("department/simplelist") { try await client.departmentSimpleList(under: id, token: $0) }
    }

    /// ``WeComClient/department(_:token:)``
    ///
    /// - Parameter isFinding: Whether a run missed it.
    public func department(_ id: Int64, isFinding: Bool = false) async throws -> [UInt8] {
        try await call("department/get", isFinding: isFinding) { try await client.department(id, token: $0) }
    }

    /// ``WeComClient/userList(department:token:)``
    public func userList(department: Int64) async throws -> [UInt8] {
        try await call("user/list") { try await client.userList(department: department, token: $0) }
    }

    /// ``WeComClient/userList(department:token:_:)``
    public func userList<People: Sendable>(
        department: Int64,
        _ read: @Sendable ([UInt8]) throws -> People
    ) async throws -> People {
        try await call("user/list") { try await client.userList(department: department, token: $0, read) }
    }

    /// ``WeComClient/user(_:token:)``
    ///
    /// - Parameter isFinding: Whether a run missed them.
    public func user(_ id: WeComUserID, isFinding: Bool = false) async throws -> [UInt8] {
        try await call("user/get", isFinding: isFinding) { try await client.user(id, token: $0) }
    }

    /// ``WeComClient/userIDs(cursor:limit:token:)``
    public func userIDs(cursor: String? = nil) async throws -> [UInt8] {
        try await call("user/list_id") { try await client.userIDs(cursor: cursor, token: $0) }
    }

    /// ``WeComClient/tag(_:token:)``
    public func tag(_ id: Int64) async throws -> Tag {
        try await call("tag/get") { try await client.tag(id, token: $0) }
    }

    /// ``WeComClient/agent(_:token:)``
    public func agent(_ id: AgentID) async throws -> Agent {
        try await call("agent/get") { try await client.agent(id, token: $0) }
    }

    /// ``WeComClient/agentPermissions(token:)``
    public func agentPermissions() async throws -> [String] {
        try await call { try await client.agentPermissions(token: $0) }
    }

    /// ``WeComClient/adminList(token:)``
    public func adminList() async throws -> [Administrator] {
        try await call { try await client.adminList(token: $0) }
    }

    /// ``WeComClient/userInfo(code:token:)``, never with the same code again once WeCom may have seen it.
    public func userInfo(code: String) async throws -> Identity {
        try await call(nil, .onlyForToken) { try await client.userInfo(code: code, token: $0) }
    }

    /// ``WeComClient/userDetail(ticket:token:)``
    public func userDetail(ticket: Secret) async throws -> [UInt8] {
        try await call { try await client.userDetail(ticket: ticket, token: $0) }
    }
}
