import FoundationEssentials
import Messages
import Postgres

/// What a run did to a person or a department, as the read API shows it.
struct DirectoryRunObject: Encodable, Sendable {
    let kind: String
    /// The user id as WeCom spells it, or the department's number.
    let externalID: String
    /// What people call it, while the directory knows it.
    var name: String?
    /// The person's id.
    let userID: UserID?
    let change: String
    /// Why it is gone, where that is known.
    let reason: String?
    /// Why it stays though runs do not show it.
    let hold: String?
    /// Of what the run changed, what it was.
    let before: ObjectValues?
    /// Of what the run changed, what it became.
    let after: ObjectValues?

    /// - Throws: ``PostgresError`` or `DecodingError` when the row is not of the query.
    static func read(_ row: Row) throws -> (object: DirectoryRunObject, key: DirectoryObject) {
        let (kind, key, externalID, user, change, reason, hold, before, after) = try row.decode(
            String.self,
            String.self,
            String.self,
            UUID?.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            String?.self
        )
        let values = try ObjectValues.change(before, after)
        let object = DirectoryRunObject(
            kind: kind,
            externalID: externalID,
            name: nil,
            userID: user.map { UserID($0) },
            change: change,
            reason: reason,
            hold: hold,
            before: values.before,
            after: values.after
        )
        return (object, DirectoryObject(kind == "user" ? .user : .department, key))
    }
}
