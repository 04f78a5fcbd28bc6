import Messages
import Runtime

/// The settings of an earlier state as a change of the present one.
///
/// What WeCom grants, what is the tenant's and what holds a secret stays as it is: the authorization with its
/// credentials, the extended fields, the proxy, and the schema where it belongs to another app.
enum RestoredSettings {
    /// What is taken over as it was.
    static let names: Set<String> = [
        "name", "description", "status", "automaticSynchronization", "synchronizeUserInformation", "cycleHours",
        "quietHours", "scope", "mapping", "filter", "safetyLimits", "tellContactDetails",
    ]
    /// What is not, or only sometimes.
    static let exceptions: Set<String> = ["tenantStatus", "extendedFields", "schema", "egress", "authorization"]

    /// Reads the stored settings as if a client had sent them.
    ///
    /// Throws ``Problem`` 409 where they are another enterprise's, or would not be taken today.
    static func form(_ stored: [String: JSON], for configuration: IdentityProviderConfiguration) throws -> SettingsForm
    {
        let (then, now) = (stored["authorization"], try SettingsView(configuration).fields["authorization"])
        let (oldCorp, corp) = (member("corpID", of: then), member("corpID", of: now))
        if let oldCorp, let corp, oldCorp != corp { throw Problem.revisionOfAnotherEnterprise }
        var fields = stored.filter { names.contains($0.key) }
        fields["quietHours"] = stored["quietHours"] ?? .null
        fields["filter"] = stored["filter"] ?? .null
        if oldCorp == corp, member("agentID", of: then) == member("agentID", of: now) {
            fields["schema"] = stored["schema"] ?? .null
        }
        do throws(Mistakes) {
            return try SettingsForm.change.read(.object(fields))
        } catch {
            throw Problem.revisionDoesNotFit(error.all)
        }
    }

    private static func member(_ name: String, of json: JSON?) -> JSON? {
        guard case .object(let fields) = json else { return nil }
        return fields[name]
    }
}

extension Problem {
    /// 409: departments and people of another WeCom mean nothing here.
    static let revisionOfAnotherEnterprise = Problem.conflict(
        "revision-of-another-enterprise",
        "Another enterprise's WeCom was behind the identity provider at that revision; its settings mean nothing here.",
        fix: "Look at the revision and change by PATCH what you want to have again."
    )

    /// 409: what was once possible is not any more.
    static func revisionDoesNotFit(_ mistakes: [FieldError]) -> Problem {
        var problem = Problem.conflict(
            "revision-does-not-fit",
            "Some settings of that revision would not be taken today: "
                + mistakes.map { "\($0.field): \($0.message)" }.joined(separator: " "),
            fix: "Look at the revision and change by PATCH what you want to have again."
        )
        problem.extensions["errors"] = mistakes
        return problem
    }
}
