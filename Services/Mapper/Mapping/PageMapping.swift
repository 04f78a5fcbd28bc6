import JSONCoding
package import Messages

/// Maps pages, record by record: one that is not as WeCom documents it is set aside with its reason, and
/// the others go on.
package enum PageMapping {
    /// Maps the JSON of a `UserPage`.
    ///
    /// - Throws: `JSONError` when it is none, or its people no array of JSON values, so that nothing can be said of
    ///   them.
    package static func map(users json: [UInt8], by mapping: CompiledMapping) throws -> UserBatch {
        var hasher = ContentHasher()
        let (page, mapped, origin) = try UserPage.read(json) { reader in
            try map(&reader, json, mapping.selection) { (user: WeComUser) throws(RecordRefusal) in
                try mapping.record(of: user, digestedBy: &hasher)
            }
        }
        return UserBatch(
            page: page,
            users: mapped.records,
            rejected: mapped.rejected,
            origin: origin,
            mapping: origin == nil ? nil : mapping.fingerprint
        )
    }

    /// Maps the JSON of a `DepartmentPage`.
    ///
    /// - Throws: `JSONError` when it is none, or its departments no array of JSON values, so that nothing can be said
    ///   of them.
    package static func map(departments json: [UInt8]) throws -> DepartmentBatch {
        let (page, mapped) = try DepartmentPage.read(json) { reader in
            try map(&reader, json, ()) { (department: WeComDepartment) throws(RecordRefusal) in
                try DepartmentRecord(department)
            }
        }
        return DepartmentBatch(page: page, departments: mapped.records, rejected: mapped.rejected)
    }

    /// Reads the array that comes next, one object into the place of the other.
    private static func map<Object: WeComObject, Record>(
        _ reader: inout JSONReader,
        _ json: [UInt8],
        _ selection: Object.Selection,
        _ map: (Object) throws(RecordRefusal) -> Record
    ) throws(JSONError) -> (records: [Record], rejected: [RejectedRecord]) {
        var records: [Record] = []
        var rejected: [RejectedRecord] = []
        var object = Object()
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader
            do throws(RecordRefusal) {
                object.clear()
                try object.readOrRefuse(&reader, selection)
                records.append(try map(object))
            } catch {
                reader = start
                let element = try reader.skipValue()
                rejected.append(RejectedRecord(externalID: Object.id(in: json, element), reason: error.reason))
            }
        }
        return (records, rejected)
    }
}
