import Foundation
import Glibc
import SuiteTesting

/// A plain OpenID provider of Authlib on uvicorn, `authlib_provider.py`, that does the same steps on the same database
/// and the same make-believe WeCom, for one enterprise and without sessions, events or limits.
struct PlainProvider: Sendable {
    let walk: LogonWalk
    let process: Int32

    /// Runs it while `body` does; `nil` where there is no Python for it.
    static func run<Value: Sendable>(
        _ suite: Suite,
        _ connected: ConnectedTenant,
        redirectURI: String,
        _ body: (PlainProvider) async throws -> Value
    ) async throws -> Value? {
        let variables = ProcessInfo.processInfo.environment
        guard let python = variables["BENCH_PROVIDER_PYTHON"], let folder = variables["BENCH_PROVIDER_FOLDER"] else {
            return nil
        }
        let port = try FreePort.find()
        let base = "http://127.0.0.1:\(port)"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [
            "-m", "uvicorn", "--interface", "wsgi", "--port", "\(port)", "--log-level", "error", "--no-access-log",
            "--app-dir", folder, "authlib_provider:app",
        ]
        process.environment = variables.merging([
            "DATABASE_URL": suite.databaseURL, "WECOM_URL": suite.simulator.client.base,
            "CORPID": connected.corp.corpID, "SECRET": connected.corp.secret, "AGENTID": "\(connected.agentID)",
            "ENTERPRISE": connected.tenant.enterpriseID, "IDP": connected.provider.id, "PUBLIC_URL": base,
            "REDIRECT_URI": redirectURI, "AUTHLIB_INSECURE_TRANSPORT": "1",
        ]) { $1 }
        try process.run()
        ProcessRegister.note(process.processIdentifier)
        defer {
            // It inherits a mask that keeps SIGTERM from it.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            ProcessRegister.forget(process.processIdentifier)
        }
        let client = TestClient(base)
        _ = try await waitFor("the plain provider", within: .seconds(30)) {
            let answer = try? await client.send("GET", "/.well-known/openid-configuration")
            return answer?.status == 200 ? true : nil
        }
        try await suite.simulator.set(
            ["redirectDomain": .string("127.0.0.1:\(port)")],
            of: connected.agentID,
            in: connected.corp
        )
        let walk = LogonWalk(provider: client, connected: connected, redirectURI: redirectURI)
        return try await body(PlainProvider(walk: walk, process: process.processIdentifier))
    }
}
