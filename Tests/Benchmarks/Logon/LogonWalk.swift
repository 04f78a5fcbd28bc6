import Crypto
import Foundation
import SuiteTesting

/// The way of one person from the client to tokens, without a browser: four requests to the provider, and one to WeCom
/// between them.
struct LogonWalk: Sendable {
    /// Where the provider listens.
    let provider: TestClient
    let connected: ConnectedTenant
    let redirectURI: String

    /// What a logon took, and what came of it.
    struct Result: Sendable {
        /// Seconds in which the provider answered; WeCom's are not among them.
        let seconds: Double
        let tokens: Employee.Tokens
    }

    private static let verifier = String(repeating: "v", count: 43)
    private static let challenge = Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
        .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")

    /// Logs a person on.
    ///
    /// - Throws: ``BenchmarkFailure`` unless they get tokens.
    func run(_ person: Simulator.Employee) async throws -> Result {
        var trip = Trip(provider: provider)
        let authorize = try await trip.get("/oauth2/authorize?" + Form.query(request), expecting: 302)
        let start = try await trip.get(trip.location(authorize), expecting: 302)
        let back = try await signIn(person, at: trip.location(start))
        let answer = try await trip.get(back, expecting: 302)
        guard let code = Form.value(of: "code", in: try trip.location(answer)) else {
            throw BenchmarkFailure("no code for the client: \(answer.text.suffix(500))")
        }
        let form = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": redirectURI, "client_id": "sase-client",
            "code_verifier": Self.verifier,
        ]
        let tokens = try await trip.post("/oauth2/token", form).decode(Employee.Tokens.self)
        return Result(seconds: trip.seconds, tokens: tokens)
    }

    /// Begins a logon and comes back with a code that WeCom never gave.
    ///
    /// - Parameter address: Where the stranger comes from.
    func guess(from address: String) async throws {
        var trip = Trip(provider: provider, address: address)
        let authorize = try await trip.get("/oauth2/authorize?" + Form.query(request), expecting: 302)
        let start = try await trip.get(trip.location(authorize))
        guard let wecom = start.header("Location"), let state = Form.value(of: "state", in: wecom) else { return }
        _ = try await trip.get("/logon/callback?code=\(UUID().uuidString)&state=\(state)")
    }

    private var request: [String: String] {
        [
            "client_id": "sase-client", "redirect_uri": redirectURI, "response_type": "code",
            "scope": "openid profile email offline_access", "state": "state", "nonce": UUID().uuidString,
            "code_challenge": Self.challenge, "code_challenge_method": "S256",
            "enterprise_id": connected.tenant.enterpriseID,
        ]
    }

    /// Types account and password on WeCom's page.
    private func signIn(_ person: Simulator.Employee, at page: String) async throws -> String {
        let form = ["account": person.userid, "password": person.password, "action": "allow"]
        let answer = try await provider.send(
            "POST",
            page,
            headers: ["Content-Type": "application/x-www-form-urlencoded"],
            body: Form.encode(form)
        )
        guard let location = answer.header("Location") else {
            throw BenchmarkFailure("WeCom let nobody in: \(answer.text.suffix(500))")
        }
        return location
    }

    /// Requests of one browser, which take the time that is measured.
    private struct Trip {
        let provider: TestClient
        private(set) var seconds = 0.0
        private var cookies: [String: String] = [:]

        private let address: String?

        init(provider: TestClient, address: String? = nil) {
            self.provider = provider
            self.address = address
        }

        mutating func get(_ path: String, expecting status: Int? = nil) async throws -> TestClient.Answer {
            var headers = ["Cookie": cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")]
            if let address { headers["X-Forwarded-For"] = address }
            return try await send("GET", path, headers, nil, expecting: status)
        }

        mutating func post(_ path: String, _ form: [String: String]) async throws -> TestClient.Answer {
            let headers = ["Content-Type": "application/x-www-form-urlencoded"]
            return try await send("POST", path, headers, Form.encode(form), expecting: 200)
        }

        func location(_ answer: TestClient.Answer) throws -> String {
            guard let location = answer.header("Location") else { throw BenchmarkFailure("nothing to go on to") }
            return location
        }

        private mutating func send(
            _ method: String,
            _ path: String,
            _ headers: [String: String],
            _ body: Data?,
            expecting status: Int?
        ) async throws -> TestClient.Answer {
            let clock = ContinuousClock()
            let start = clock.now
            let answer = try await provider.send(method, path, headers: headers, body: body)
            seconds += (clock.now - start) / .seconds(1)
            guard status == nil || answer.status == status else {
                throw BenchmarkFailure(
                    "\(method) \(path.prefix(80)) answers \(answer.status): \(answer.text.suffix(800))"
                )
            }
            for header in answer.cookies {
                let pair = header.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                if let name = pair.first { cookies[String(name)] = pair.count == 2 ? String(pair[1]) : nil }
            }
            return answer
        }
    }
}
