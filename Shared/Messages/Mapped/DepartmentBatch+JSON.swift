import JSONCoding

extension DepartmentBatch {
    /// Reads the JSON with the hot reader.
    public static func decode(_ json: [UInt8]) throws -> DepartmentBatch {
        let content = try BatchCoding.decode(json, list: "departments", DepartmentRecord.read)
        return DepartmentBatch(
            page: content.page,
            slice: content.slice,
            departments: content.records,
            rejected: content.rejected,
            fieldProblems: content.fieldProblems
        )
    }

    /// Writes the JSON with the hot writer.
    public func encode() throws -> [UInt8] {
        BatchCoding.encode(
            page: page,
            slice: slice,
            key: "departments",
            departments,
            rejected: rejected,
            fieldProblems: fieldProblems
        ) { $0.write(to: &$1) }
    }
}
