import Messages

/// Why a run did to an object what no record of it says.
enum ChangeReason: String, CaseIterable, Sendable {
    /// WeCom has no such person any more.
    case leftCompany
    /// WeCom does not show the person to the app any more.
    case leftVisibleRange
    /// WeCom shows the person, in no department that is synchronised.
    case leftScope
    /// WeCom says that the account is disabled.
    case disabledInWeCom
    /// It was new by the run that is undone.
    case undone
    /// It is not put back: since then it was changed, too, or deleted.
    case changedSince
    /// It is not put back: another human has the user id, or the person another one.
    case otherIdentity
    /// It is not put back: nobody may take this person's access.
    case protected

    init(_ loss: LossReason) {
        switch loss {
        case .leftCompany: self = .leftCompany
        case .leftVisibleRange: self = .leftVisibleRange
        case .leftScope: self = .leftScope
        case .disabledInWeCom: self = .disabledInWeCom
        }
    }
}
