import CoreMetrics
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(5))) struct HealthTests {
    let readiness = Readiness()
    let metrics = PrometheusFactory()

    func get(_ uri: String) async throws -> TestResponse {
        let app = Application(router: HealthRoutes.router(readiness: readiness, metrics: metrics))
        return try await app.test(.router) { try await $0.execute(uri: uri, method: .get) }
    }

    @Test("a program that cannot work is alive, not ready, and says why")
    func notReady() async throws {
        readiness.set("stage mapper", ready: false, reason: "the broker is away")
        #expect(try await get("/livez").status == .ok)
        let response = try await get("/readyz")
        #expect(response.status == .serviceUnavailable)
        #expect(String(buffer: response.body) == "stage mapper: the broker is away\n")
        readiness.set("stage mapper", ready: true)
        #expect(try await get("/readyz").status == .ok)
        #expect(readiness.isReady)
    }

    @Test("who asks by HEAD gets the same status, and no body", arguments: [true, false])
    func head(isReady: Bool) async throws {
        readiness.set("stage mapper", ready: isReady, reason: "the broker is away")
        let app = Application(router: HealthRoutes.router(readiness: readiness, metrics: metrics))
        let response = try await app.test(.router) { try await $0.execute(uri: "/readyz", method: .head) }
        #expect(response.status == (isReady ? .ok : .serviceUnavailable))
        #expect(response.body.readableBytes == 0)
    }

    @Test("what should be looked after is shown by a program that does its work")
    func remarks() async throws {
        readiness.remark("outbox registry", "1 record was set aside")
        let response = try await get("/readyz")
        #expect(response.status == .ok)
        #expect(String(buffer: response.body) == "ok\noutbox registry: 1 record was set aside\n")
        readiness.remark("outbox registry", nil)
        #expect(String(buffer: try await get("/readyz").body) == "ok\n")
    }

    @Test("metrics are served as Prometheus's text")
    func metricsText() async throws {
        metrics.makeCounter(label: "c", dimensions: []).increment(by: 1)
        let response = try await get("/metrics")
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        let text = String(buffer: response.body)
        #expect(text.hasPrefix("# TYPE c_total counter\nc_total 1\n"))
        #expect(try #require(value(of: "process_resident_memory_bytes", in: text)) > 1_000_000)
        #expect(try #require(value(of: "process_open_fds", in: text)) > 2)
        #expect(try #require(value(of: "process_start_time_seconds", in: text)) > 1_700_000_000)
        #expect(try #require(value(of: "process_cpu_seconds_total", in: text)) > 0)
    }

    @Test("metrics tell whether the program is ready, and how much should be looked after")
    func readinessMetrics() async throws {
        var text = String(buffer: try await get("/metrics").body)
        #expect(value(of: "service_ready", in: text) == 1)
        #expect(value(of: "service_remarks", in: text) == 0)
        readiness.set("stage mapper", ready: false)
        readiness.remark("outbox registry", "1 record was set aside")
        text = String(buffer: try await get("/metrics").body)
        #expect(value(of: "service_ready", in: text) == 0)
        #expect(value(of: "service_remarks", in: text) == 1)
    }

    private func value(of name: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
