package import JSONCoding
package import Messages

/// Maps pages, record by record: one that is not as WeCom documents it is set aside with its reason, and
/// the others go on.
package enum PageMapping {
    /// - Throws: `JSONError` when the page is no array of JSON values, so that nothing can be said of its people.
    package static func map(_ page: UserPage, by mapping: CompiledMapping) throws(JSONError) -> UserBatch {
        let (users, rejected) = try map(page.users, mapping.selection) { (user: WeComUser) throws(RecordRefusal) in
            try mapping.record(of: user)
        }
        return UserBatch(
            page: page.page,
            users: users,
            rejected: rejected,
            origin: page.origin,
            mapping: page.origin == nil ? nil : mapping.fingerprint
        )
    }

    /// - Throws: `JSONError` when the page is no array of JSON values, so that nothing can be said of its departments.
    package static func map(_ page: DepartmentPage) throws(JSONError) -> DepartmentBatch {
        let (departments, rejected) = try map(page.departments, ()) {
            (department: WeComDepartment) throws(RecordRefusal) in
            try DepartmentRecord(department)
        }
        return DepartmentBatch(page: page.page, departments: departments, rejected: rejected)
    }

    private static func map<Object: WeComObject, Record>(
        _ list: RawJSON,
        _ selection: Object.Selection,
        _ map: (Object) throws(RecordRefusal) -> Record
    ) throws(JSONError) -> (records: [Record], rejected: [RejectedRecord]) {
        var records: [Record] = []
        var rejected: [RejectedRecord] = []
        var reader = JSONReader(list.bytes)
        try reader.beginArray()
        while try reader.nextElement() {
            let start = reader
            do throws(RecordRefusal) {
                records.append(try map(Object.readOrRefuse(&reader, selection)))
            } catch {
                reader = start
                let element = try reader.skipValue()
                rejected.append(RejectedRecord(externalID: Object.id(in: list.bytes, element), reason: error.reason))
            }
        }
        try reader.finish()
        return (records, rejected)
    }
}
