import CoreMetrics
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Runtime

@Suite(.timeLimit(.minutes(1))) struct HealthTests {
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

    @Test("metrics are served as Prometheus's text")
    func metricsText() async throws {
        metrics.makeCounter(label: "c", dimensions: []).increment(by: 1)
        let response = try await get("/metrics")
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(String(buffer: response.body) == "# TYPE c_total counter\nc_total 1\n")
    }
}
