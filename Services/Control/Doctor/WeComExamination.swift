import AsyncHTTPClient
import Foundation
import Pipeline
import Runtime
import WeCom

/// Whether WeCom is reached from here, and by which address.
struct WeComExamination {
    let environment: Environment

    func findings() async -> [CheckResult] {
        let url = environment.string("WECOM_API_URL", default: "https://qyapi.weixin.qq.com")
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .wecom())
        let findings: [CheckResult]
        do {
            let client = WeComClient(http: http, apiURL: url, limits: Limits(timeout: .seconds(10)))
            findings = Self.findings(try await client.probe())
        } catch {
            let fix = "see that \(url) is reached from here by HTTPS, and name your proxy where there is one"
            findings = [CheckResult("WeCom", .failed, "\(error)", fix: fix)]
        }
        try? await http.shutdown()
        return findings
    }

    static func findings(_ probe: Probe) -> [CheckResult] {
        let address = probe.callerAddress.map { ", and sees calls come from \($0)" } ?? ""
        let clock = probe.date.map { date in
            CheckResult(clock: "WeCom", ahead: Double(date.seconds) - Date().timeIntervalSince1970.rounded(.down))
        }
        return [CheckResult("WeCom", .passed, "it answers\(address)")] + [clock].compactMap(\.self)
    }
}
