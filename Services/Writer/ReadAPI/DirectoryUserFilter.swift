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

    /// Everybody is read for it, so that it is cheap: a text without letters that have cases, as Chinese names and
    /// numbers are, is looked for in what is stored, and only another one in a copy in lower case. Texts of that are parted
    /// by a line feed, so that nothing is found across two.
    private var textCondition: SQL {
        guard let text else { return "" }
        guard text != text.uppercased() else {
            return """
                 and (strpos(u.display_name, \(text)) > 0 or strpos(u.external_id, \(text)) > 0
                    or strpos(u.username, \(text)) > 0 or strpos(u.email, \(text)) > 0
                    or strpos(u.mobile, \(text)) > 0 or strpos(u.telephone, \(text)) > 0)
                """
        }
        return """
             and strpos(lower(concat_ws(chr(10), u.display_name, u.external_id, u.username, u.email, u.mobile,
                u.telephone)), \(text)) > 0
            """
    }
}
