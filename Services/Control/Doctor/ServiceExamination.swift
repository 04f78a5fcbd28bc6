import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Pipeline
import Runtime
import WeCom

/// Whether the services that are named answer, what versions they have, and what time they take it to be.
struct ServiceExamination {
    let environment: Environment

    private static let places = [
        ("registry", "REGISTRY_URL"), ("directory", "DIRECTORY_URL"), ("verifier", "VERIFIER_URL"),
    ]

    func findings() async -> [CheckResult] {
        var findings: [CheckResult] = []
        var versions: [String: String] = [:]
        for (service, variable) in Self.places {
            do {
                guard let url = try environment.optionalURL(variable)?.absoluteString else {
                    findings.append(CheckResult(service, .skipped, "\(variable) is not set here"))
                    continue
                }
                let (version, date) = try await Self.ask(url)
                versions[service] = version
                findings.append(CheckResult(service, .passed, "it answers, version \(version)"))
                if let date {
                    let ahead = Double(date.seconds) - Date().timeIntervalSince1970.rounded(.down)
                    findings.append(CheckResult(clock: service, ahead: ahead))
                }
            } catch {
                let fix = "see that \(variable) is where it is reached from here, and that it is ready (/readyz)"
                findings.append(CheckResult(service, .failed, "it does not answer: \(error)", fix: fix))
            }
        }
        return findings + Self.versions(versions) + (await key())
    }

    static func versions(_ versions: [String: String]) -> [CheckResult] {
        guard Set(versions.values).count > 1 else { return [] }
        let list = versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let fix = "bring all to one version, unless an upgrade is under way"
        return [CheckResult("versions", .warning, "they differ: \(list)", fix: fix)]
    }

    /// Whether the registry takes the key.
    private func key() async -> [CheckResult] {
        guard environment.optional("REGISTRY_URL") != nil, environment.optionalSecret("REGISTRY_API_KEY") != nil else {
            return []
        }
        do {
            _ = try await AdminAPI("registry", "REGISTRY", environment, url: nil, key: nil)
                .get("/api/v1/tenants?limit=1")
            return [CheckResult("key", .passed, "the registry takes REGISTRY_API_KEY")]
        } catch {
            return [CheckResult("key", .failed, "\(error)", fix: "give a key that is in force: bridgectl keys list")]
        }
    }

    private static func ask(_ url: String) async throws -> (version: String, date: HTTPDate?) {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .direct)
        do {
            let request = HTTPClientRequest(url: url + "/openapi.json")
            let response = try await client.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 8 << 20)
            try await client.shutdown()
            let document = try? JSONSerialization.jsonObject(with: Data(buffer: body)) as? [String: Any]
            let information = document?["info"] as? [String: Any]
            guard response.status == .ok, let version = information?["version"] as? String else {
                throw AdminAPIError("it answered \(response.status.code) without saying its version")
            }
            return (version, response.headers.first(name: "date").flatMap(HTTPDate.init))
        } catch {
            try? await client.shutdown()
            throw error
        }
    }
}
