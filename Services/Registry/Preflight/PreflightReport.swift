import Messages
import WeCom

/// What a preflight says: each check, in the order in which one rests on the other.
struct PreflightReport: Encodable, Sendable {
    var checkedAt: Timestamp
    /// Whether everything that applies could be looked at.
    var isComplete: Bool
    /// The address that calls come from, as WeCom sees it.
    var callerAddress: String?
    var checks: [PreflightCheck]

    /// - Parameter time: When it was looked at.
    init(_ facts: PreflightFacts, at time: Timestamp = .now) {
        checkedAt = time
        callerAddress = facts.addressError?.callerAddress ?? facts.probe.value?.callerAddress
        checks = facts.checks
        isComplete = !checks.contains { $0.outcome == .unknown }
    }
}

extension PreflightFacts {
    /// All checks, judged by what is known.
    var checks: [PreflightCheck] {
        [connectionCheck, egressCheck, clockCheck]
            + (configuration.isConnected ? connectedChecks : unconnectedChecks)
    }

    private var connectedChecks: [PreflightCheck] {
        [
            tokenCheck, addressCheck, appCheck, domainCheck, rangeCheck, fieldsCheck, mappingCheck, schemaCheck,
            callbacksCheck, ticketCheck,
        ]
    }

    private var unconnectedChecks: [PreflightCheck] {
        let rest: [PreflightCheck.Name] = [
            .token, .callerAddress, .app, .trustedDomain, .visibleRange, .readableFields, .mapping, .schema,
        ]
        return rest.map { .notApplicable($0, "Nothing can be asked before the identity provider is connected.") }
            + [callbacksCheck, ticketCheck]
    }

    /// Why something could not be looked at: its own error, or the first of the checks before it that does not pass.
    ///
    /// - Parameter error: What WeCom said to this very question.
    func unasked(_ name: PreflightCheck.Name, _ error: WeComError? = nil) -> PreflightCheck {
        if let error, !error.isOfAddress, error.proxyTrouble == nil { return PreflightCheck(name, error) }
        for (earlier, check) in foundations {
            guard earlier != name else { break }
            if check().outcome == .failed {
                return .unknown(name, "This can be looked at once the check \"\(earlier.rawValue)\" passes.")
            }
        }
        return .unknown(name, "WeCom did not answer in time.")
    }

    /// The checks that others rest on, in order; each rests on those before it alone.
    private var foundations: [(name: PreflightCheck.Name, check: () -> PreflightCheck)] {
        [
            (.egress, { egressCheck }), (.token, { tokenCheck }), (.callerAddress, { addressCheck }),
            (.app, { appCheck }), (.visibleRange, { rangeCheck }), (.readableFields, { fieldsCheck }),
        ]
    }
}
