import Postgres

/// Where people are kept, with how far they were followed: in the tables that logons read, or in others of the same
/// form beside them, into which the topic is read once more (``PrincipalRebuild``).
enum PrincipalTables: String, Sendable {
    case live = ""
    case rebuilt = "rebuilt_"

    /// The people, in a statement.
    var principals: SQL { SQL(stringLiteral: principalsName) }

    /// The people, in a text.
    var principalsName: String { "verifier.\(rawValue)principals" }

    /// How far each identity provider was followed.
    var projection: SQL { SQL(stringLiteral: "verifier.\(rawValue)projection") }

    /// How far other incarnations of its directory were.
    var incarnations: SQL { SQL(stringLiteral: "verifier.\(rawValue)incarnations") }
}
