import Messages

/// What a run leaves of somebody in the directory.
///
/// It has to be what the writer does (`FieldGovernance`, `UserWriting`): a field that is filled in every run takes what
/// the record gives, and stays where that says nothing; one for new people only stays; one without a rule is cleared.
/// What a run holds by its limits, or as an id may be another human's, is no matter of rules, and not foreseen.
struct MergedPerson: Sendable, Equatable {
    private static let status = DirectoryField.status.rawValue

    /// By field; empty of somebody who is not in the directory then.
    private(set) var values: [String: String] = [:]
    /// Fields that stay as they are though they are filled in every run: the record says nothing of them, or the person
    /// keeps access.
    private(set) var kept: [String] = []
    /// Fields that stay as they are as their rules are for new people only.
    private(set) var onlyForNew: [String] = []

    /// - Parameters:
    ///   - stored: What the directory has before the run; nil for somebody whom it does not have.
    ///   - keepsAccess: Whether the person stays enabled when WeCom disables them.
    init(_ mapped: MappedPerson, over stored: StoredPerson?, keepsAccess: Bool = false) {
        guard let given = mapped.values else {
            // Whom the filter leaves out goes; who cannot be taken is left alone.
            if !mapped.isFiltered { values = stored?.values ?? [:] }
            return
        }
        guard let stored else {
            let active = "\(UserRecord.Status.active.rawValue)"
            values = given.merging([Self.status: active]) { given, _ in given }
            return
        }
        let staysEnabled = keepsAccess && stored.isEnabled && !mapped.isEnabled
        for field in Set(mapped.fields.always + [Self.status]).sorted() {
            let value = field == Self.status && staysEnabled ? nil : given[field]
            values[field] = value ?? stored.values[field]
            if value == nil { kept.append(field) }
        }
        onlyForNew = mapped.fields.onCreate.sorted()
        for field in onlyForNew { values[field] = stored.values[field] }
    }
}
