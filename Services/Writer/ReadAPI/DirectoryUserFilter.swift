import Hummingbird
import Messages
import Postgres
import Runtime

/// Which people are asked for: `?state=&externalID=&q=&department=`.
struct DirectoryUserFilter: Sendable {
    /// The longest text that is looked for, in characters.
    private static let longestText = 100

    let state: DirectoryUser.State?
    let externalID: String?
    /// What a name, an id, a mail address or a phone number holds, in lower case.
    let text: String?
    let department: Int64?

    /// Throws 400 with each mistake.
    init(_ request: Request) throws {
        let parameters = request.query
        var mistakes: [FieldError] = []
        let state = parameters["state"]
        self.state = state.flatMap(DirectoryUser.State.init)
        if state != nil, self.state == nil { mistakes.append(FieldError("state", "A state is active or removed.")) }
        externalID = parameters["externalID"]
        let text = parameters["q"] ?? ""
        self.text = text.isEmpty ? nil : text.lowercased()
        if text.unicodeScalars.count > Self.longestText {
            mistakes.append(FieldError("q", "Give at most \(Self.longestText) characters."))
        }
        let department = parameters["department"]
        self.department = department.flatMap { Int64($0) }
        if department != nil, self.department == nil {
            mistakes.append(FieldError("department", "Give a department's number."))
        }
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
    }

    /// Whether hardly anybody may be meant, so that whoever is meant is looked for (``DirectoryUserSearch``).
    var isSearch: Bool { externalID == nil && (text != nil || state == .removed) }

    /// Whose rows of `directory.users u` are looked at, as far as an index tells.
    func range(of id: IdentityProviderID, after cursor: String) -> SQL {
        var range: SQL = "u.idp_id = \(id.uuid) and u.directory_key > \(cursor)"
        if let externalID { range += " and u.directory_key in (\(externalID)::text, lower(\(externalID)::text))" }
        if let department {
            range += """
                 and u.directory_key in (
                    select m.directory_key from memberships m
                    where m.idp_id = \(id.uuid) and m.department_id = \(department)::bigint)
                """
        }
        return range
    }

    /// Who of those is meant.
    var match: SQL {
        var match: SQL = "true"
        if let state { match += state == .removed ? " and u.removed_at is not null" : " and u.removed_at is null" }
        if let text { match += " and (\(Self.holding(text)))" }
        return match
    }

    /// Everybody may have to be looked at, so that it is cheap: a text without cases is looked for as it is, and only one
    /// that has letters other than ASCII's is compared by the language's lower case.
    private static func holding(_ text: String) -> SQL {
        let cased = text.unicodeScalars.filter(\.properties.isCased)
        let isPlain = cased.allSatisfy(\.isASCII)
        let columns = ["display_name", "external_id", "username", "email", "mobile", "telephone"]
        let conditions = columns.map { name -> SQL in
            let column: SQL = "u.\(identifier: name) collate \(identifier: isPlain ? "C" : "default")"
            return "strpos(\(cased.isEmpty ? column : "lower(\(column))") collate \"C\", \(text)) > 0"
        }
        return conditions.dropFirst().reduce(conditions[0]) { "\($0) or \($1)" }
    }
}
