import Messages

/// What a run did to an object.
enum RunChange: String, CaseIterable, Sendable {
    /// It is new in the directory.
    case created
    /// It is other than before.
    case updated
    /// The person was switched off in WeCom.
    case disabled
    /// It is back.
    case restored
    /// It is gone, and why is known of most.
    case removed
    /// It stays until somebody decides, or as somebody or a policy decided: not known before this run.
    case held
    /// WeCom showed what could not be taken.
    case rejected
    /// It was to be put back, and stays as it is.
    case skipped

    /// What is told of an object; `nil` where that needs no row: who is new has one of their own, and who is deleted was
    /// removed by another run.
    init?(_ kind: DirectoryChanges.Kind) {
        switch kind {
        case .created, .deleted: return nil
        case .updated: self = .updated
        case .disabled: self = .disabled
        case .restored: self = .restored
        }
    }
}
