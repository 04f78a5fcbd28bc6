import Messages
import Runtime
import WeCom

/// What WeCom pushes to a provider, and what native clients need.
extension PreflightFacts {
    var schemaCheck: PreflightCheck {
        guard let origin = SchemaOrigin(configuration) else {
            return .notApplicable(.schema, "Nothing is known of a schema yet.")
        }
        let details: [String: JSON] = ["origin": .string(origin.rawValue)]
        switch (origin, SchemaAdvice.sentence(for: configuration)) {
        case (.needed, let advice):
            return .warning(
                .schema,
                "Native clients cannot sign in: the schema is not known.",
                fix: Problem.sentence(advice ?? "give the schema"),
                by: .tenantAdministrator,
                details: details
            )
        case (_, let advice?):
            return .failed(
                .schema,
                Problem.sentence(advice),
                fix: "Set the schema to the expected one, or to null where it can be worked out.",
                by: .tenantAdministrator,
                details: details
            )
        case (.computed, nil): return .passed(.schema, "It follows from corp ID and agent ID.", details: details)
        case (.typed, nil): return .passed(.schema, "It was typed, and fits the app.", details: details)
        }
    }

    var callbacksCheck: PreflightCheck {
        guard !isOwnApp else {
            return .notApplicable(.callbacks, "WeCom need not call for an own app: changes are found by runs.")
        }
        guard hasProvider else { return .notApplicable(.callbacks, "This installation is no provider to WeCom.") }
        let url = "\(places.publicURL)/wecom/callback/command"
        let fix = """
            See that WeCom reaches \(url), the template's command callback URL, with the token and the key of \
            WECOM_CALLBACK_TOKEN and WECOM_CALLBACK_AES_KEY, and press save there in the provider console.
            """
        guard let silence else {
            return .failed(.callbacks, "WeCom has never called.", fix: fix, by: .operator)
        }
        let minutes = silence.components.seconds / 60
        let details: [String: JSON] = ["minutesSinceLastCallback": .integer(minutes)]
        guard silence > Self.longestSilence else {
            let finding =
                switch minutes {
                case 0: "WeCom called just now."
                case 1: "WeCom called 1 minute ago."
                default: "WeCom called \(minutes) minutes ago."
                }
            return .passed(.callbacks, finding, details: details)
        }
        return .failed(
            .callbacks,
            "WeCom has not called for \(minutes) minutes, and pushes a ticket every ten.",
            fix: fix,
            by: .operator,
            details: details
        )
    }

    var ticketCheck: PreflightCheck {
        guard !isOwnApp else { return .notApplicable(.suiteTicket, "An own app needs no suite ticket.") }
        guard hasProvider else { return .notApplicable(.suiteTicket, "This installation is no provider to WeCom.") }
        let fix = "Press 're-push ticket' in the provider console, and see that the check \"callbacks\" passes."
        guard let ticketAge, ticketAge <= SuiteTickets.lifetime else {
            return .failed(
                .suiteTicket,
                ticketAge == nil ? "WeCom has pushed no suite ticket." : "The last suite ticket has expired.",
                fix: fix,
                by: .operator
            )
        }
        let minutes = ticketAge.components.seconds / 60
        let details: [String: JSON] = ["ageMinutes": .integer(minutes)]
        guard ticketAge > Self.lateTicket else {
            return .passed(.suiteTicket, "The suite ticket is \(minutes) minutes old.", details: details)
        }
        return .warning(
            .suiteTicket,
            "The suite ticket is \(minutes) minutes old: a push was lost.",
            fix: fix,
            by: .operator,
            details: details
        )
    }

    private static let longestSilence = Duration.seconds(30 * 60)
    private static let lateTicket = Duration.seconds(20 * 60)
}
