import Hummingbird
import NIOCore

/// What every program answers on its health port (architecture.md §6).
enum HealthRoutes {
    /// `/livez` as long as the process runs, `/readyz` while it can do its work, `/metrics`; by `HEAD` too, as some
    /// balancers ask.
    static func router(readiness: Readiness, metrics: PrometheusFactory) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemMiddleware())
        router.get("/livez") { _, _ in text("ok\n") }
        router.get("/readyz") { _, _ in
            let obstacles = readiness.obstacles
            let remarks = lines(readiness.remarks)
            guard !obstacles.isEmpty else { return text("ok\n" + remarks) }
            return text(lines(obstacles) + remarks, .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            text(
                metrics.text + readiness.metrics + ProcessMetrics.text,
                type: "text/plain; version=0.0.4; charset=utf-8"
            )
        }
        return router
    }

    private static func lines(_ found: [String: String]) -> String {
        found.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
    }

    private static func text(
        _ text: String,
        _ status: HTTPResponse.Status = .ok,
        type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
