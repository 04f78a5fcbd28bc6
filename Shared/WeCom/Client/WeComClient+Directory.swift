import JSONCoding

extension WeComClient {
    /// `department/list`: a department and all under it, or the whole permitted tree (wecom.md §3.1).
    ///
    /// Returns the body as it came: `{"department":[…]}`.
    public func departmentList(under id: Int64? = nil, token: AccessToken) async throws -> [UInt8] {
        try await send(Call(path: "department/list", query: Self.optional("id", id)).with(token))
    }

    /// `department/simplelist`: ids, parents and orders alone (wecom.md §3.2). Returns the body as it came.
    public func departmentSimpleList(under id: Int64? = nil, token: AccessToken) async throws -> [UInt8] {
        try await send(Call(path: "department/simplelist", query: Self.optional("id", id)).with(token))
    }

    /// `department/get`: one department (wecom.md §3.3). Returns the body as it came: `{"department":{…}}`.
    public func department(_ id: Int64, token: AccessToken) async throws -> [UInt8] {
        try await send(Call(path: "department/get", query: [("id", String(id))]).with(token))
    }

    /// `user/list`: the direct members of a department with all fields (wecom.md §3.5).
    ///
    /// Returns the body as it came: `{"userlist":[…]}`.
    public func userList(department: Int64, token: AccessToken) async throws -> [UInt8] {
        try await send(Self.userList(department).with(token))
    }

    /// `user/list`, read where it stands.
    ///
    /// - Parameter read: Reads the body to its end, so that it is seen whether that is whole.
    public func userList<People: Sendable>(
        department: Int64,
        token: AccessToken,
        _ read: @Sendable ([UInt8]) throws -> People
    ) async throws -> People {
        try await send(Self.userList(department).with(token), read)
    }

    private static func userList(_ department: Int64) -> Call {
        Call(path: "user/list", query: [("department_id", String(department))])
    }

    /// `user/simplelist`: the direct members of a department, ids and names alone (wecom.md §3.4).
    ///
    /// Returns the body as it came: `{"userlist":[…]}`.
    public func userSimpleList(department: Int64, token: AccessToken) async throws -> [UInt8] {
        try await send(Call(path: "user/simplelist", query: [("department_id", String(department))]).with(token))
    }

    /// `user/get`: one person (wecom.md §3.6). Returns the body as it came: the person's fields beside `errcode`.
    public func user(_ id: WeComUserID, token: AccessToken) async throws -> [UInt8] {
        try await send(Call(path: "user/get", query: [("userid", id.rawValue)]).with(token))
    }

    /// `user/list_id`: pairs of person and department, for the contact-sync secret alone (wecom.md §3.8).
    ///
    /// Returns the body as it came: `{"next_cursor":…,"dept_user":[…]}`.
    public func userIDs(cursor: String? = nil, limit: Int64 = 10_000, token: AccessToken) async throws -> [UInt8] {
        var body: [String: JSONValue] = ["limit": .integer(limit)]
        if let cursor { body["cursor"] = .string(cursor) }
        return try await send(Call(path: "user/list_id", body: .object(body)).with(token))
    }

    /// `tag/get`: who and which departments carry a tag, as far as visible (wecom.md §3.10). Read strictly: what cannot
    /// be read must not look like fewer people.
    public func tag(_ id: Int64, token: AccessToken) async throws -> Tag {
        let fields = try await fields(Call(path: "tag/get", query: [("tagid", String(id))]).with(token))
        let users = try fields.wholeTexts("userlist", of: "userid")
        let departments = try fields.wholeNumbers("partylist")
        // One that says nothing of either is not taken for an empty one.
        guard users != nil || departments != nil else { throw fields.missing("userlist") }
        return Tag(id: id, name: fields.text("tagname"), userIDs: users ?? [], departmentIDs: departments ?? [])
    }

    private static func optional(_ name: String, _ id: Int64?) -> [(name: String, value: String)] {
        id.map { [(name, String($0))] } ?? []
    }
}

/// A tag and what carries it. Departments stand for everybody in and under them.
public struct Tag: Sendable, Hashable {
    /// The tag's number.
    public let id: Int64

    /// Its name, where WeCom shows it.
    public let name: String?

    /// The people who carry it themselves, spelt as WeCom does.
    public let userIDs: [String]

    /// The departments that carry it.
    public let departmentIDs: [Int64]
}
