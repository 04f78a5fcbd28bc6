import Messages
import Pipeline

extension SetAside {
    /// As a list gives it.
    var line: String {
        let whose = [tenant.map { "tenant \($0)" }, identityProvider.map { "idp \($0)" }].compactMap(\.self)
        let again = timesRedriven > 0 ? ", redriven \(timesRedriven) times" : ""
        return (["\(id)", "\(since)", code] + whose).joined(separator: "  ") + "\n    \(reason)\(again)"
    }
}
