/// An application inside one corp.
struct Agent: Sendable {
    /// Who made it (wecom.md §0.1).
    enum Kind: Sendable, Equatable {
        case ownCorp
        case customDeveloped(templateID: String)
    }

    let id: Int
    var name: String
    let kind: Kind
    /// The secret of an own app, the permanent code of a custom-developed one.
    var secret: String
    var range = VisibleRange.wholeCorp
    var fields = FieldSet.all
    var parentOfRoots = DepartmentRendering.ParentOfRoots.real
    /// Host, and port where it is not the scheme's own; empty: every redirect is allowed.
    var redirectDomain = ""
    /// The addresses that may call; empty: every address.
    var trustedAddresses: [String] = []
    var isClosed = false
    /// wecom.md §1.5: 2 is online.
    var publishStatus = 2
    /// The state of the link by which a custom-developed app was authorized.
    var state = ""

    /// The first agent ID of a corp.
    static let firstID = 1_000_002

    var viewKey: ViewKey { ViewKey(range: range, fields: fields, parentOfRoots: parentOfRoots) }

    var templateID: String? {
        guard case .customDeveloped(let templateID) = kind else { return nil }
        return templateID
    }
}
