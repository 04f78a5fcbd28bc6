extension Simulator {
    /// Sets a person's fields, by WeCom's names; a new person needs `department`.
    public func put(_ user: String, _ fields: JSON, in corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/users/\(user)", fields)
    }

    /// Has a person leave.
    public func remove(_ user: String, from corp: Corp) async throws {
        try await client.json("DELETE", "/control/corps/\(corp.corpID)/users/\(user)")
    }

    /// Sets what an app may see: `departments`, `users` and `tags`.
    public func setRange(_ fields: JSON, of corp: Corp) async throws {
        try await client.json("PUT", "/control/corps/\(corp.corpID)/visible-range", fields)
    }

    /// Orders a fault that only this corp meets.
    ///
    /// - Returns: Its id, by which it is taken back.
    @discardableResult
    public func order(_ fields: JSON, for corp: Corp) async throws -> String {
        struct Ordered: Decodable { let id: String }
        let fault = fields.merging(["corpID": .string(corp.corpID)])
        return try await client.json("POST", "/control/faults", fault).decode(Ordered.self).id
    }

    /// Takes back a fault; one that is used up is gone already.
    public func withdraw(_ fault: String) async throws {
        try await client.json("DELETE", "/control/faults/\(fault)")
    }
}
