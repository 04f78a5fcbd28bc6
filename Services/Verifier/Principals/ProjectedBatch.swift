import FoundationEssentials
import Messages

/// What one batch of changes makes of the principals: nobody twice, and no two people under one key.
struct ProjectedBatch: Equatable {
    /// One row of `verifier.principals`; the coding keys are its columns.
    struct Row: Encodable, Equatable {
        var id: UUID
        var key: String
        var externalID: String
        var name: String?
        var email: String?
        var username: String?
        var enabled: Bool
        var departments: [Int64]
        var phoneNumber: String?
        var address: String?
        /// Whether the directory says that the person is new.
        var isCreated = false

        enum CodingKeys: String, CodingKey {
            case id
            case key
            case externalID = "external_id"
            case name
            case email
            case username
            case enabled
            case departments
            case phoneNumber = "phone_number"
            case address
        }
    }

    /// Rows to insert or replace, in the order of the batch.
    let kept: [Row]
    /// People who are gone.
    let deleted: [UUID]

    /// People whose sessions end: disabled or gone.
    var shutOut: [UUID] { deleted + kept.filter { !$0.enabled }.map(\.id) }

    /// - Parameters:
    ///   - changes: In the writer's order; a later change of a person stands for the earlier ones.
    ///   - userIDCase: How the people's user ids are compared.
    init(_ changes: [DirectoryChanges.UserChange], _ userIDCase: UserIDCase) {
        var last: [UserID: Int] = [:]
        for (index, change) in changes.enumerated() { last[change.id] = index }
        let final = last.values.sorted().map { changes[$0] }

        var rows: [String: Row] = [:]
        var order: [String] = []
        for change in final where change.kind != .deleted {
            let text = userIDCase.key(of: change.externalID).text
            if rows[text] == nil { order.append(text) }
            rows[text] = Row(change, key: text)
        }
        kept = order.compactMap { rows[$0] }
        deleted = final.filter { $0.kind == .deleted }.map(\.id.uuid)
    }
}

extension ProjectedBatch.Row {
    fileprivate init(_ change: DirectoryChanges.UserChange, key: String) {
        self.init(
            id: change.id.uuid,
            key: key,
            externalID: change.externalID,
            name: change.displayName,
            email: change.email,
            username: change.username,
            enabled: change.isEnabled && change.kind != .disabled,
            departments: change.departments,
            phoneNumber: change.phoneNumber,
            address: change.address,
            isCreated: change.kind == .created
        )
    }
}
