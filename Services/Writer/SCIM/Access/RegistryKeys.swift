import AsyncHTTPClient
import FoundationEssentials
import Messages
import NIOCore
import NIOHTTP1
import Runtime
import Sealing
import ServiceLifecycle

/// Lets in holders of the registry's API keys: the registry is asked, with the key itself, whose it is.
///
/// What it said is good for half a minute, and so is a revoked key.
actor RegistryKeys {
    private static let keeping = Duration.seconds(30)
    private static let patience = TimeAmount.seconds(3)
    private static let largestAnswer = 64 * 1_024
    /// Answers kept at most, so that strangers cannot fill the memory.
    private static let most = 1_000

    private struct Answer {
        let access: DirectoryReaders.Access?
        let end: ContinuousClock.Instant
    }

    private struct CurrentKey: Decodable {
        let tenantID: TenantID?
    }

    /// Where the registry is, without a slash at the end.
    private let url: String
    private nonisolated let http: HTTPClient
    private var answers: [Secret: Answer] = [:]

    init(url: String) {
        self.url = url
        var configuration = HTTPClient.Configuration.direct
        configuration.timeout.connect = Self.patience
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// What the holder of `key` may see, if anything: one tenant. A key for all tenants names none.
    ///
    /// - Throws: ``Problem`` 503 while the registry does not answer.
    func access(for key: Secret) async throws -> DirectoryReaders.Access? {
        let now = ContinuousClock.now
        if let answer = answers[key], answer.end > now { return answer.access }
        let access = try await ask(key)
        if answers.count >= Self.most { answers = answers.filter { $0.value.end > now } }
        if answers.count < Self.most { answers[key] = Answer(access: access, end: now + Self.keeping) }
        return access
    }

    private func ask(_ key: Secret) async throws -> DirectoryReaders.Access? {
        var request = HTTPClientRequest(url: url + "/api/v1/api-keys/current")
        request.headers.add(name: "authorization", value: key.withValue { "Bearer \($0)" })
        let (status, body): (UInt, ByteBuffer)
        do {
            let response = try await http.execute(request, timeout: Self.patience)
            (status, body) = (response.status.code, try await response.body.collect(upTo: Self.largestAnswer))
        } catch {
            try Task.checkCancellation()
            throw Problem.unavailable("Whose key it is cannot be asked at present.")
        }
        switch status {
        case 200:
            guard let current = try? JSONDecoder().decode(CurrentKey.self, from: Data(body.readableBytesView)) else {
                throw Problem.unavailable("Whose key it is cannot be asked at present.")
            }
            return current.tenantID.map { .tenant($0) } ?? .all
        case 401, 403: return nil
        default: throw Problem.unavailable("Whose key it is cannot be asked at present.")
        }
    }

    fileprivate nonisolated func shutdown() async throws { try await http.shutdown() }
}

extension RegistryKeys: Service {
    /// Keeps what it asks by until the program stops.
    nonisolated func run() async throws {
        try? await gracefulShutdown()
        try await shutdown()
    }
}
