import JSONCoding

extension DepartmentBatch {
    public static func decode(_ json: [UInt8]) throws -> DepartmentBatch {
        let content = try BatchCoding.decode(json, list: "departments", DepartmentRecord.read)
        return DepartmentBatch(page: content.page, departments: content.records, rejected: content.rejected)
    }

    public func encode() throws -> [UInt8] {
        BatchCoding.encode(page: page, key: "departments", departments, rejected: rejected) { $0.write(to: &$1) }
    }
}
