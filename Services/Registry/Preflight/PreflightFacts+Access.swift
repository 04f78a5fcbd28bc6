import Messages
import Runtime
import WeCom

/// Whether WeCom can be asked at all, and as whom.
extension PreflightFacts {
    var connectionCheck: PreflightCheck {
        let qr = """
            Obtain a QR code by POST …/authorization and have an administrator of the enterprise's WeCom scan it, or give \
            corp ID, agent ID and secret of an app of the enterprise's own as "ownApp".
            """
        if configuration.isConnected {
            return .passed(.connection, isOwnApp ? "An own app's credentials are given." : "The app is authorized.")
        }
        let finding =
            switch configuration.authorization {
            case .revoked: "The enterprise has taken back the authorization in WeCom."
            case .lapsed: "The QR code was not scanned in time."
            default: "The app has not been authorized yet."
            }
        return .failed(.connection, finding, fix: qr, by: .tenantAdministrator)
    }

    var egressCheck: PreflightCheck {
        let way = configuration.egress.map { "the proxy \($0.host):\($0.port)" } ?? "the product's own address"
        switch probe {
        case .known: return .passed(.egress, "Calls leave by \(way) and reach WeCom.")
        case .missing: return .unknown(.egress, "WeCom did not answer in time.")
        case .refused(let error):
            if error.proxyTrouble != nil { return PreflightCheck(.egress, error) }
            return .failed(
                .egress,
                "Calls that leave by \(way) do not reach WeCom: \(error.explanation.sentence).",
                fix: "Check the network and the proxies on the way to WeCom, and WECOM_API_URL.",
                by: configuration.egress == nil ? .operator : .tenantAdministrator
            )
        }
    }

    var clockCheck: PreflightCheck {
        guard let difference = clockDifference else {
            return .unknown(.clock, "WeCom did not say what time it is.")
        }
        let details: [String: JSON] = ["differenceSeconds": .integer(difference)]
        guard abs(difference) > Self.clockTolerance else {
            return .passed(.clock, "This server's clock goes by WeCom's.", details: details)
        }
        let way = difference > 0 ? "ahead of" : "behind"
        return .failed(
            .clock,
            "This server's clock is \(abs(difference)) seconds \(way) WeCom's: callbacks are taken for stale ones.",
            fix: "Set the server's clock by a time service (NTP).",
            by: .operator,
            details: details
        )
    }

    private static let clockTolerance: Int64 = 120

    var tokenCheck: PreflightCheck {
        switch token {
        case .known: return .passed(.token, "WeCom takes the credentials.")
        case .refused(let error) where !isOwnApp && error.code.map(ErrorReactions.refusesCredentials) == true:
            return PreflightCheck(
                .token,
                error,
                fix: "Obtain a new QR code by POST …/authorization and have an administrator of WeCom scan it.",
                by: .tenantAdministrator
            )
        case .refused(let error) where !error.isOfAddress && error.proxyTrouble == nil:
            return PreflightCheck(.token, error)
        case .refused(let error):
            let first = error.isOfAddress ? PreflightCheck.Name.callerAddress : .egress
            return .unknown(.token, "This can be looked at once the check \"\(first.rawValue)\" passes.")
        case .missing: return .unknown(.token, "WeCom did not answer in time.")
        }
    }

    var addressCheck: PreflightCheck {
        let address = addressError?.callerAddress ?? probe.value?.callerAddress
        let details = address.map { ["address": JSON.string($0)] }
        if let error = addressError {
            var check = PreflightCheck(
                .callerAddress,
                error,
                fix: addressFix(address ?? "the address that WeCom names"),
                by: isOwnApp ? .enterpriseAdministrator : .operator
            )
            check.finding = "WeCom does not accept calls from \(address ?? "this address")."
            check.details = details
            return check
        }
        guard case .known = token else { return unasked(.callerAddress) }
        let seen = address.map { "WeCom sees the calls come from \($0)" } ?? "WeCom takes the calls"
        guard isOwnApp, hasNeighbour == true else {
            return .passed(.callerAddress, "\(seen).", details: details)
        }
        return .warning(
            .callerAddress,
            "\(seen), and an own app of another enterprise is called from there, too.",
            fix: """
                WeCom lets a trusted address belong to one enterprise only: give this identity provider an HTTP proxy of \
                its own as "egress", and add that proxy's address to the app's trusted IPs.
                """,
            by: .tenantAdministrator,
            details: details
        )
    }

    private func addressFix(_ address: String) -> String {
        isOwnApp
            ? """
            Add \(address) to the app's trusted IPs (企业可信IP) in the WeCom admin console; it takes effect after about a \
            minute. If WeCom says that the address belongs to another enterprise, give this identity provider an HTTP \
            proxy of its own as "egress".
            """
            : "Add \(address) to the IP whitelist (IP白名单) of the template in the provider console."
    }
}
