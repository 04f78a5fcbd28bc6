import ArgumentParser
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Runtime
import Synchronization
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(5))) struct ScheduleAndNotificationTests {
    private static let id = "0198c0de-0000-7000-8000-000000000001"
    private static let other = "0198c0de-0000-7000-8000-000000000002"

    /// Runs `body` beside a registry that answers each request alike, and returns what was asked for.
    private func withRegistry(
        _ answer: String,
        _ body: @escaping @Sendable (Runtime.Environment) async throws -> Void
    ) async throws -> [String] {
        let asked = Mutex<[String]>([])
        let router = Router()
        for method in [HTTPRequest.Method.get, .post] {
            router.on("/**", method: method) { request, _ in
                asked.withLock { $0.append("\(request.method) \(request.uri)") }
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
            }
        }
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        try await Application(router: router, logger: quiet).test(.live) { client in
            let url = "http://127.0.0.1:\(client.port ?? 0)"
            try await body(Runtime.Environment(["REGISTRY_URL": url, "REGISTRY_API_KEY": "wbk_registry"]))
        }
        return asked.withLock { $0 }
    }

    @Test("the schedule is shown, and a quarantine is ended")
    func schedule() async throws {
        let answer = """
            {"nextRunAt":"2026-03-01T08:30:00.000Z","cycleHours":4,"quietHours":{"from":8,"to":20,"timeZone":"UTC"},\
            "quarantine":{"since":"2026-03-01T00:00:00.000Z","failures":6,"reason":"WeCom refused."}}
            """
        let asked = try await withRegistry(answer) { environment in
            let text = try await ShowSchedule.parse([Self.id]).outcome(environment)
            #expect(
                text == """
                    next run: 2026-03-01T08:30:00.000Z
                    cycle: 4 h
                    quiet hours: 8 to 20, UTC
                    quarantine: since 2026-03-01T00:00:00.000Z, 6 failures in a row: WeCom refused.
                    """
            )
            #expect(try await ReleaseQuarantine.parse([Self.id]).outcome(environment) == text)
        }
        #expect(asked == ["GET /api/v1/idps/\(Self.id)", "POST /api/v1/idps/\(Self.id)/quarantine/release"])
    }

    @Test("deliveries are listed, tried out and tried again")
    func notifications() async throws {
        let delivery = #"{"id":"d","kind":"ping","state":"waiting","via":"webhook","raisedAt":"now"}"#
        let asked = try await withRegistry(#"{"items":[\#(delivery)]}"#) { environment in
            let text = try await ListDeliveries.parse([Self.id, "--limit", "5"]).outcome(environment)
            #expect(text == "now  ping  webhook  waiting  d")
        }
        #expect(asked == ["GET /api/v1/tenants/\(Self.id)/deliveries?limit=5"])
        let done = try await withRegistry(delivery) { environment in
            _ = try await PingWebhook.parse([Self.id, Self.other]).outcome(environment)
            _ = try await RetryDelivery.parse([Self.id, Self.other]).outcome(environment)
        }
        let tenant = "POST /api/v1/tenants/\(Self.id)"
        #expect(done == ["\(tenant)/webhooks/\(Self.other)/ping", "\(tenant)/deliveries/\(Self.other)/retry"])
    }

    @Test("what is no id is refused before anybody is asked")
    func noID() {
        #expect(throws: (any Error).self) { try ShowSchedule.parse(["x"]) }
        #expect(throws: (any Error).self) { try ReleaseQuarantine.parse(["x"]) }
        #expect(throws: (any Error).self) { try ListDeliveries.parse([Self.id, "--limit", "0"]) }
        #expect(throws: (any Error).self) { try PingWebhook.parse([Self.id, "x"]) }
        #expect(throws: (any Error).self) { try RetryDelivery.parse(["x", Self.id]) }
    }
}
