/// Faults that only one corp meets.
extension Simulator {
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
