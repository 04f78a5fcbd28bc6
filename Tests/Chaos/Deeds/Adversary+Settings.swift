import Foundation
import SuiteTesting

extension Adversary {
    /// Takes away half of the rules by which people are mapped, and other settings with them, and puts all back.
    func changeSettings(_ fault: Fault) async throws {
        let (number, connected) = try tenant(of: fault)
        let path = "/api/v1/idps/\(connected.provider.id)"
        let before = try await field.registry(1).client.json("GET", path)
        let settings = try JSONSerialization.jsonObject(with: before.body) as? [String: Any] ?? [:]
        let rules = settings["mapping"] as? [Any] ?? []
        let kept = ["mapping": rules, "cycleHours": settings["cycleHours"] ?? 24] as [String: Any]
        let changed = ["mapping": Array(rules.prefix(rules.count / 2)), "cycleHours": 7] as [String: Any]
        let original = try JSONSerialization.data(withJSONObject: kept)
        let result = await asyncResult {
            try await patch(path, try JSONSerialization.data(withJSONObject: changed))
            _ = try? await field.registry(1).startRun(of: connected.provider)
            await last(fault)
        }
        // A registry whose database's disk is full takes nothing, which lasts for minutes.
        _ = try await waitFor("the settings of tenant \(number)", within: .seconds(300)) {
            try await patch(path, original)
            return true
        }
        try result.get()
    }

    private func patch(_ path: String, _ body: Data) async throws {
        let client = field.registry(1).client
        let tag = try await client.json("GET", path).header("ETag") ?? ""
        let headers = ["If-Match": tag, "Content-Type": "application/json"]
        let answer = try await client.send("PATCH", path, headers: headers, body: body)
        guard answer.status == 200 else {
            throw SuiteFailure(what: "PATCH \(path) answered \(answer.status)", log: answer.text)
        }
    }
}
