import FoundationEssentials
import Messages
import Postgres

extension DirectoryChanges.UserChange {
    /// A person as a row tells them: id, user id, user name, name, address for mail, whether they may log on, their
    /// departments as texts, and ``contacts``.
    ///
    /// - Throws: ``PostgresError`` when the row is none of these.
    init(_ row: Row, kind: DirectoryChanges.Kind) throws {
        let (id, externalID, username, displayName, email, isEnabled, departments, phone, address) = try row.decode(
            UUID.self,
            String.self,
            String?.self,
            String?.self,
            String?.self,
            Bool.self,
            [String].self,
            String?.self,
            String?.self
        )
        self.init(
            kind: kind,
            id: UserID(id),
            externalID: externalID,
            username: username,
            displayName: displayName,
            email: email,
            isEnabled: isEnabled,
            departments: departments.compactMap { Int64($0) }.sorted(),
            phoneNumber: phone,
            address: address
        )
    }

    /// What `directory.users` has of a person's telephone number and address, as ``UserRecord`` says them.
    static let contacts: SQL = "coalesce(nullif(mobile, ''), nullif(telephone, '')), nullif(address, '')"
}
