import Messages
import Runtime
import WeCom

/// What live people show.
extension PreflightFacts {
    var fieldsCheck: PreflightCheck {
        guard let people = people.value else { return unasked(.readableFields, people.error) }
        guard people.count > 0 else { return nobody(.readableFields) }
        let details: [String: JSON] = [
            "people": .integer(Int64(people.count)),
            "fields": .object(people.fields.filter { Self.shown.contains($0.key) }.mapValues { .integer(Int64($0)) }),
        ]
        if people.lacks("name") || people.namedByID == people.count {
            return .failed(
                .readableFields,
                "WeCom gives no names of people.",
                fix: isOwnApp
                    ? "Check that the secret is that of an app, and not of the contact-sync assistant."
                    : Self.grant("names (contact:sensitive:user_name)"),
                by: .enterpriseAdministrator,
                details: details
            )
        }
        if structure.value?.hasNames == false {
            return .failed(
                .readableFields,
                "WeCom gives no names of departments.",
                fix: Self.grant("department names (contact:sensitive:department_name)"),
                by: .enterpriseAdministrator,
                details: details
            )
        }
        let lacking = wanted.filter(people.lacks)
        guard lacking.isEmpty else {
            let fields = lacking.joined(separator: ", ")
            return .warning(
                .readableFields,
                "Of \(people.count) people nobody shows \(fields), which the mapping asks for.",
                fix: isOwnApp ? Self.withheld : Self.grant(fields),
                by: isOwnApp ? .tenantAdministrator : .enterpriseAdministrator,
                details: details
            )
        }
        return .passed(
            .readableFields,
            "Of \(people.count) people, all fields that the mapping asks for can be read.",
            details: details
        )
    }

    var mappingCheck: PreflightCheck {
        guard let people = people.value else { return unasked(.mapping) }
        guard people.count > 0 else { return nobody(.mapping) }
        let details: [String: JSON] = [
            "people": .integer(Int64(people.count)),
            "targets": .object(people.targets.mapValues { .integer(Int64($0)) }),
            "refusals": .array(people.refusals.prefix(10).map { .string($0) }),
            "fieldProblems": .array(people.problems.prefix(10).map { .string($0) }),
        ]
        let empty = configuration.mapping.map(\.target).filter { people.targets[$0, default: 0] == 0 }
        let needed = [DirectoryField.username, .displayName].map(\.rawValue)
        let missing = needed.filter { people.targets[$0, default: 0] == 0 }
        if !missing.isEmpty || !people.refusals.isEmpty {
            let what =
                missing.isEmpty
                ? "some people could not be mapped: \(people.refusals[0])"
                : "nobody gets \(missing.joined(separator: " or "))"
            return .failed(
                .mapping,
                "Of \(people.count) people, \(what).",
                fix: missing.isEmpty
                    ? "Give these people an id in WeCom." : "Give each of these a rule whose source can be read.",
                by: .tenantAdministrator,
                details: details
            )
        }
        guard empty.isEmpty else {
            return .warning(
                .mapping,
                "Of \(people.count) people, nobody gets \(empty.joined(separator: ", ")).",
                fix: "Choose sources that people have (see readableFields), or take these rules out.",
                by: .tenantAdministrator,
                details: details
            )
        }
        return .passed(.mapping, "The mapping fills every field for some of \(people.count) people.", details: details)
    }

    /// What rules ask WeCom for, each once.
    private var wanted: [String] {
        Array(Set(configuration.mapping.compactMap(\.source))).sorted()
    }

    private func nobody(_ name: PreflightCheck.Name) -> PreflightCheck {
        .failed(
            name,
            "WeCom shows nobody in the departments that were looked at.",
            fix: "Add people to the app's visible range (可见范围) in the WeCom admin console.",
            by: .enterpriseAdministrator
        )
    }

    private static func grant(_ what: String) -> String {
        """
        Confirm the permission for \(what) that the app asks for, in the WeCom admin console; of sensitive fields each \
        person is asked, too.
        """
    }

    private static let withheld = """
        To an own app made after June 2022 WeCom gives avatar, gender, mobile, email, biz_mail, qr_code and address only \
        for a person who agrees when logging on; other fields have to be filled in in WeCom. Map another source, or take \
        the rule out.
        """

    private static let shown: Set<String> = [
        "name", "mobile", "email", "biz_mail", "gender", "position", "telephone", "alias", "avatar", "address",
        "qr_code", "extattr", "main_department", "direct_leader", "status",
    ]
}
