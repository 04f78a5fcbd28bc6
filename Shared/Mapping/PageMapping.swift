import JSONCoding
package import Messages

/// Maps pages and findings, record by record: one whose id cannot be read is set aside with its reason, a field that
/// cannot be taken is told, and all else goes on.
package enum PageMapping {
    /// Maps the JSON of a `UserPage`.
    ///
    /// - Throws: `JSONError` when it is none, or its people no array of JSON values, so that nothing can be said of
    ///   them.
    package static func map(users json: [UInt8], by mapping: CompiledMapping) throws -> UserBatch {
        let (page, mapped, origin) = try UserPage.read(json) { try users(&$0, by: mapping) }
        return UserBatch(
            page: page,
            users: mapped.records,
            rejected: mapped.rejected,
            fieldProblems: mapped.fieldProblems,
            origin: origin,
            mapping: origin == nil ? nil : mapping.fingerprint,
            fields: mapping.fields,
            filtered: mapped.filtered.isEmpty ? nil : mapped.filtered
        )
    }

    /// Maps the JSON of a `DepartmentPage`.
    ///
    /// - Throws: `JSONError` when it is none, or its departments no array of JSON values, so that nothing can be said
    ///   of them.
    package static func map(departments json: [UInt8]) throws -> DepartmentBatch {
        let (page, mapped) = try DepartmentPage.read(json) { try departments(&$0) }
        return DepartmentBatch(
            page: page,
            departments: mapped.records,
            rejected: mapped.rejected,
            fieldProblems: mapped.fieldProblems
        )
    }

    /// Maps the records of those whom WeCom showed when it was asked for them.
    ///
    /// - Throws: `JSONError` when one of the lists is no array of JSON values.
    package static func map(_ findings: FindingsFetched, by mapping: CompiledMapping) throws -> FindingsMapped {
        var usersReader = JSONReader(findings.users.bytes)
        let people = try users(&usersReader, by: mapping)
        var departmentsReader = JSONReader(findings.departments.bytes)
        let structure = try departments(&departmentsReader)
        return FindingsMapped(
            batch: findings.batch,
            batches: findings.batches,
            findings: findings.findings,
            sampled: findings.sampled,
            witnesses: findings.witnesses,
            visibleRangeHash: findings.visibleRangeHash,
            users: people.records,
            departments: structure.records,
            rejected: people.rejected + structure.rejected,
            fieldProblems: people.fieldProblems + structure.fieldProblems,
            fields: mapping.fields,
            filtered: people.filtered.isEmpty ? nil : people.filtered
        )
    }

    /// Maps an array of people as WeCom shows them, such as a sample to be looked at.
    ///
    /// - Throws: `JSONError` when it is no array of JSON values.
    package static func map(
        people json: [UInt8],
        by mapping: CompiledMapping
    ) throws -> MappedPeople {
        var reader = JSONReader(json)
        let mapped = try users(&reader, by: mapping)
        return MappedPeople(
            records: mapped.records,
            rejected: mapped.rejected,
            problems: mapped.fieldProblems,
            filtered: mapped.filtered
        )
    }

    private static func users(
        _ reader: inout JSONReader,
        by mapping: CompiledMapping
    ) throws(JSONError) -> MappedObjects<UserRecord> {
        var hasher = ContentHasher()
        return try MappedObjects(&reader, mapping.selection) { (user: inout WeComUser) throws(RecordRefusal) in
            try mapping.record(of: &user, digestedBy: &hasher)
        }
    }

    private static func departments(_ reader: inout JSONReader) throws(JSONError) -> MappedObjects<DepartmentRecord> {
        var mapped = try MappedObjects(&reader, ()) { (department: inout WeComDepartment) throws(RecordRefusal) in
            try DepartmentRecord(department)
        }
        mapped.cutRings()
        return mapped
    }
}

/// What a sample of people became.
package struct MappedPeople {
    package let records: [UserRecord]
    package let rejected: [RejectedRecord]
    package let problems: [FieldProblem]
    /// The ids of those whom the filter leaves out.
    package let filtered: [String]
}

extension MappedObjects<DepartmentRecord> {
    /// Makes roots of those that are below themselves, as the fetcher does.
    fileprivate mutating func cutRings() {
        let cut = Set(DepartmentRings.cut(records.map { ($0.externalID, $0.parentID) }))
        guard !cut.isEmpty else { return }
        for index in records.indices where cut.contains(records[index].externalID) {
            records[index].parentID = 0
            records[index].contentHash = records[index].digest()
        }
        fieldProblems += cut.sorted().map {
            FieldProblem(.department($0), field: WeComDepartment.Key.parentid.rawValue, .cycle)
        }
    }
}
