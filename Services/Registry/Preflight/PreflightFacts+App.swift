import Messages
import Runtime
import WeCom

/// What the app is and whom it sees.
extension PreflightFacts {
    var appCheck: PreflightCheck {
        guard let agent = agent.value else { return unasked(.app, agent.error) }
        if agent.isClosed {
            return .failed(
                .app,
                "The app is disabled in WeCom.",
                fix: "Enable the app in the WeCom admin console.",
                by: .enterpriseAdministrator
            )
        }
        switch agent.publication {
        case .waiting, .inDevelopment:
            return .failed(
                .app,
                "The custom-developed app is authorized, and not published in this enterprise yet.",
                fix: "Develop and publish the app for this enterprise in the provider console.",
                by: .operator
            )
        default: return .passed(.app, "The app is in use.")
        }
    }

    var domainCheck: PreflightCheck {
        guard let agent = agent.value else { return unasked(.trustedDomain) }
        let wanted = places.logonHost
        let domain = agent.redirectDomain ?? ""
        let details: [String: JSON] = ["trusted": .string(domain)]
        let isRight = !domain.isEmpty && (wanted.map { $0.lowercased() == domain.lowercased() } ?? true)
        guard !isRight else {
            let known = wanted == nil ? " Whether that is where employees log on is not known here." : ""
            return .passed(.trustedDomain, "Sign-in may return to \(domain).\(known)", details: details)
        }
        let finding =
            domain.isEmpty
            ? "The app has no trusted domain: nobody can sign in by it."
            : "The app trusts \(domain), and sign-in returns to \(wanted ?? "another host")."
        return .failed(
            .trustedDomain,
            finding,
            fix: """
                Enter \(wanted ?? "host and port of the logon page") as the app's authorization callback domain \
                (授权回调域) and trusted domain (可信域名), exactly, with the port if it has one.
                """,
            by: isOwnApp ? .enterpriseAdministrator : .operator,
            details: details
        )
    }

    var rangeCheck: PreflightCheck {
        guard let agent = agent.value else { return unasked(.visibleRange) }
        guard let range = agent.visibility else {
            return .unknown(.visibleRange, "WeCom does not say in a known form what the app may see.")
        }
        guard !range.isEmpty else {
            return .failed(
                .visibleRange,
                "The app sees nobody.",
                fix: "Add departments or people to the app's visible range (可见范围) in the WeCom admin console.",
                by: .enterpriseAdministrator
            )
        }
        guard let structure = structure.value else { return unasked(.visibleRange, structure.error) }
        var details: [String: JSON] = [
            "departments": .integer(Int64(structure.departments.count)),
            "peopleNamedSingly": .integer(Int64(range.userIDs.count)), "tags": .integer(Int64(range.tagIDs.count)),
        ]
        let leftOut = leftOut(of: structure)
        details["leftOut"] = .array(leftOut.prefix(50).map { .integer($0) })
        let seen = """
            The app sees \(structure.departments.count) departments, \(range.userIDs.count) people named one by one and \
            \(range.tagIDs.count) tags
            """
        guard leftOut.isEmpty else {
            let names = leftOut.prefix(10).map(String.init).joined(separator: ", ")
            return .failed(
                .visibleRange,
                "\(seen), and not these departments that are to be synchronized: \(names).",
                fix: """
                    Add them to the app's visible range (可见范围) in the WeCom admin console, or take them out of the \
                    identity provider's scope.
                    """,
                by: .enterpriseAdministrator,
                details: details
            )
        }
        return .passed(.visibleRange, "\(seen).", details: details)
    }

    /// Departments that are to be synchronised and that the app does not see.
    private func leftOut(of structure: Structure) -> [Int64] {
        guard case .departments(let wanted) = configuration.scope else { return [] }
        return wanted.filter { !structure.departments.contains($0) }.sorted()
    }
}
