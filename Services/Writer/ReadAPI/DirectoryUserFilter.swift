import Hummingbird
import Messages
import Postgres
import Runtime

/// Which people are asked for: `?state=&externalID=&q=&department=`.
struct DirectoryUserFilter: Sendable {
    /// The longest text that is looked for, in bytes.
    private static let longestText = 400

    let state: DirectoryUser.State?
    let externalID: String?
    /// What a name, an id, a mail address or a phone number holds, in lower case.
    let text: String?
    let department: Int64?

    /// Throws 400 with each mistake.
    init(_ request: Request) throws {
        let parameters = request.uri.queryParameters
        var mistakes: [FieldError] = []
        let state = parameters["state"].map(String.init)
        self.state = state.flatMap(DirectoryUser.State.init)
        if state != nil, self.state == nil { mistakes.append(FieldError("state", "A state is active or removed.")) }
        externalID = parameters["externalID"].map(String.init)
        let text = parameters["q"].map { $0.lowercased() } ?? ""
        self.text = text.isEmpty ? nil : text
        if text.utf8.count > Self.longestText {
            mistakes.append(FieldError("q", "Give at most \(Self.longestText) bytes."))
        }
        let department = parameters["department"].map(String.init)
        self.department = department.flatMap { Int64($0) }
        if department != nil, self.department == nil {
            mistakes.append(FieldError("department", "Give a department's number."))
        }
        guard mistakes.isEmpty else { throw Problem.invalid(mistakes) }
    }

    /// The condition on `directory.users u`.
    func condition(of id: IdentityProviderID, after cursor: String) -> SQL {
        let isRemoved = state.map { $0 == .removed }
        return """
            where u.idp_id = \(id.uuid) and u.directory_key > \(cursor)
                and (\(isRemoved)::boolean is null or (u.removed_at is not null) = \(isRemoved)::boolean)
                and (\(externalID)::text is null or u.directory_key in (\(externalID)::text, lower(\(externalID)::text)))
                and (\(department)::bigint is null or u.directory_key in (
                    select m.directory_key from directory.memberships m
                    where m.idp_id = \(id.uuid) and m.department_id = \(department)::bigint))
            """ + textCondition
    }

    /// Where nobody has the text everybody is read, so that it is cheap: by a pattern, as PostgreSQL takes it for rare and
    /// reads with several workers, and in the lower case of ASCII alone unless the text has other letters with cases.
    private var textCondition: SQL {
        guard let text else { return "" }
        let isPlain = text.unicodeScalars.allSatisfy { $0.isASCII || !$0.properties.isCased }
        let collation = isPlain ? "C" : "default"
        let pattern = "%" + text.replacing(#/[\\%_]/#) { "\\\($0.output)" } + "%"
        return """
             and (lower(u.display_name collate \(identifier: collation)) like \(pattern)
                or lower(u.external_id collate \(identifier: collation)) like \(pattern)
                or lower(u.username collate \(identifier: collation)) like \(pattern)
                or lower(u.email collate \(identifier: collation)) like \(pattern)
                or lower(u.mobile collate \(identifier: collation)) like \(pattern)
                or lower(u.telephone collate \(identifier: collation)) like \(pattern))
            """
    }
}
