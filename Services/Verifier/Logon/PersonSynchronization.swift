import AsyncHTTPClient
import FoundationEssentials
import Messages
import NIOCore
import NIOHTTP1
import Sealing
import Traces

/// Has the registry synchronise one person whom no run has brought yet, so that whoever joined today logs on today.
///
/// It asks by the registry's API, as an operator would. Whoever logs on again within a minute gets the same run.
struct PersonSynchronization: Sendable {
    let registry: RegistryAddress
    let http: HTTPClient

    /// How long a person waits for it.
    static let patience: Duration = .seconds(5)
    private static let interval: Duration = .milliseconds(100)
    private static let timeout: TimeAmount = .seconds(2)

    /// What came of it.
    struct Result: Sendable {
        var synchronization: LogonSituation.Synchronization
        var principal: Principal?
        /// What operators are told of it.
        var detail: String
    }

    /// A run, as far as it matters here.
    private struct Run: Decodable {
        let id: String
        let state: String
        let outcome: String?

        var isOver: Bool { state == "finished" }
    }

    /// The registry's answer was no run.
    private struct NoRun: Error, CustomStringConvertible {
        let description: String
    }

    /// Synchronises a person, and waits until they are there, or it is clear that they will not come.
    ///
    /// - Parameter find: Looks whether they are there.
    func bring(
        _ userID: String,
        through idp: IdentityProviderID,
        _ find: () async throws -> Principal?
    ) async throws -> Result {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.patience
        var run: Run
        do {
            run = try await start(userID, idp)
        } catch let error as NoRun {
            return Result(synchronization: .open, detail: error.description)
        }
        while clock.now < deadline {
            let wasOver = run.isOver
            if let principal = try await find() {
                return Result(synchronization: .done, principal: principal, detail: "synchronized by run \(run.id)")
            }
            if wasOver { return Self.left(run) }
            try await clock.sleep(for: Self.interval)
            do { run = try await ask("/api/v1/runs/\(run.id)") } catch is NoRun {}
        }
        return Result(synchronization: .open, detail: "run \(run.id) is not over yet")
    }

    /// What follows from a run that is over and did not bring the person.
    private static func left(_ run: Run) -> Result {
        switch run.outcome {
        case "succeeded": Result(synchronization: .done, detail: "run \(run.id) did not bring the person")
        case "held": Result(synchronization: .held, detail: "run \(run.id) is held")
        default: Result(synchronization: .open, detail: "run \(run.id) ended as \(run.outcome ?? "nothing")")
        }
    }

    private func start(_ userID: String, _ idp: IdentityProviderID) async throws -> Run {
        let minute = Timestamp.now.millisecondsSince1970 / 60_000
        let key = Base64URL.encode(Ticket.digest(of: "\(idp)/\(userID)/\(minute)"))
        return try await ask("/api/v1/idps/\(idp)/runs", ["kind": "user", "user": userID], key: key)
    }

    private func ask(_ path: String, _ body: [String: String]? = nil, key: String? = nil) async throws -> Run {
        var request = HTTPClientRequest(url: registry.url + path)
        request.headers.add(name: "authorization", value: registry.key.withValue { "Bearer \($0)" })
        if let span = TraceSpan.current { request.headers.add(name: "traceparent", value: "\(span.context)") }
        if let key { request.headers.add(name: "idempotency-key", value: key) }
        if let body {
            request.method = .POST
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let (status, bytes): (UInt, ByteBuffer)
        do {
            let response = try await http.execute(request, timeout: Self.timeout)
            (status, bytes) = (response.status.code, try await response.body.collect(upTo: 1 << 20))
        } catch {
            try Task.checkCancellation()
            let reason = (error as? HTTPClientError)?.shortDescription ?? "\(type(of: error))"
            throw NoRun(description: "the registry does not answer: \(reason)")
        }
        guard (200...299).contains(status) else {
            throw NoRun(description: "the registry answered \(status) to a run for this person")
        }
        guard let run = try? JSONDecoder().decode(Run.self, from: Data(bytes.readableBytesView)) else {
            throw NoRun(description: "the registry's answer is no run")
        }
        return run
    }
}

/// Where the registry is, and the key to it: `REGISTRY_URL` and `REGISTRY_API_KEY`.
struct RegistryAddress: Sendable {
    let url: String
    let key: Secret
}
