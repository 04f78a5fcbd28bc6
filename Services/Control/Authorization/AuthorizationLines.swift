import Runtime

/// How an authorization stands, in lines for people.
enum AuthorizationLines {
    /// - Parameter authorization: What the registry's API shows.
    static func of(_ authorization: JSON) -> [String] {
        var lines = ["state: \(text(authorization, "state") ?? "unknown")" + enterprise(of: authorization)]
        if let url = text(authorization, "url") { lines.append("to be scanned: \(url)") }
        if case .array(let grants)? = member(authorization, "grants") {
            for grant in grants {
                let words = [
                    text(grant, "id") ?? "", text(grant, "state") ?? "", "since \(text(grant, "since") ?? "")",
                ]
                lines.append("grant " + words.joined(separator: " ") + enterprise(of: grant))
                if let reason = text(grant, "reason") { lines.append("  \(reason)") }
                lines += trouble(of: grant)
            }
        }
        if let enterprise = member(authorization, "enterprise") { lines += trouble(of: enterprise) }
        if let ticket = member(authorization, "suiteTicket"), member(ticket, "isGood") == .boolean(false) {
            lines.append("The suite ticket is older than 30 minutes, or never came: nobody can authorize.")
        }
        return lines
    }

    private static func enterprise(of object: JSON) -> String {
        guard let id = text(object, "corpID") else { return "" }
        return ", enterprise \(id)" + (text(object, "corpName").map { " (\($0))" } ?? "")
    }

    private static func trouble(of object: JSON) -> [String] {
        guard let trouble = member(object, "trouble") else { return [] }
        return ["reason", "whatToDo"].compactMap { text(trouble, $0) }.map { "  \($0)" }
    }

    private static func member(_ object: JSON, _ name: String) -> JSON? {
        guard case .object(let members) = object else { return nil }
        return members[name]
    }

    private static func text(_ object: JSON, _ name: String) -> String? {
        guard case .string(let text)? = member(object, name) else { return nil }
        return text
    }
}
