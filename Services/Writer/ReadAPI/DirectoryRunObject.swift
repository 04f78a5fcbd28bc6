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

    /// - Throws: ``PostgresError`` when the row is not of the query.
    static func read(_ row: Row) throws -> (object: DirectoryRunObject, key: DirectoryObject) {
        let (kind, key, externalID, user, change, reason, hold) = try row.decode(
            String.self,
            String.self,
            String.self,
            UUID?.self,
            String.self,
            String?.self,
            String?.self
        )
        let object = DirectoryRunObject(
            kind: kind,
            externalID: externalID,
            name: nil,
            userID: user.map { UserID($0) },
            change: change,
            reason: reason,
            hold: hold
        )
        return (object, DirectoryObject(kind == "user" ? .user : .department, key))
    }
}
