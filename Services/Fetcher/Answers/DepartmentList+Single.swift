import JSONCoding

extension DepartmentList {
    /// Reads the body of `department/get`, the record of one department (`wecom.md` §3.3).
    ///
    /// - Throws: `JSONError` when it is not of its form.
    init(departmentAnswer body: [UInt8]) throws(JSONError) {
        var reader = JSONReader(body)
        var record: [UInt8] = []
        try reader.beginObject()
        while let key = try reader.nextKey(in: Self.answerKeys) {
            if key == JSONKeys.unknown { try reader.skipValue() } else { record = try reader.readRaw() }
        }
        try reader.finish()
        try self.init(Array(#"{"department":["#.utf8) + record + Array("]}".utf8))
    }

    private static let answerKeys = JSONKeys(["department"])
}
