import JSONCoding

extension UserBatch {
    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> UserBatch {
        let content = try BatchCoding.decode(json, list: "users", UserRecord.read)
        return UserBatch(
            page: content.page,
            slice: content.slice,
            users: content.records,
            rejected: content.rejected,
            fieldProblems: content.fieldProblems,
            origin: content.origin,
            mapping: content.mapping,
            fields: content.fields,
            filtered: content.filtered
        )
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        BatchCoding.encode(
            page: page,
            slice: slice,
            key: "users",
            users,
            rejected: rejected,
            fieldProblems: fieldProblems,
            origin: origin,
            mapping: mapping,
            fields: fields,
            filtered: filtered
        ) { $0.write(to: &$1) }
    }
}
