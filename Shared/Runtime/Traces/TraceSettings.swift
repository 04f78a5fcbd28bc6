import Foundation

/// Where spans go, by OpenTelemetry's variables.
struct TraceSettings {
    /// The collector's address, such as `http://collector:4318`.
    let endpoint: String
    /// What each request to it says.
    let headers: [(name: String, value: String)]
    /// Of the traces that begin here, how many are exported.
    let ratio: Double
}

extension TraceSettings {
    /// - Returns: `nil` where `OTEL_EXPORTER_OTLP_ENDPOINT` is not set: nothing is exported.
    /// - Throws: ``ConfigurationError``.
    init?(_ environment: Environment) throws {
        let ratio = try environment.parsed("OTEL_TRACES_SAMPLER_ARG", form: "a number from 0 to 1") { text in
            Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
        }
        let headers = try environment.parsed(
            "OTEL_EXPORTER_OTLP_HEADERS",
            form: "name=value[,name=value…]",
            isSecret: true,
            Self.headers
        )
        guard let endpoint = try environment.optionalURL("OTEL_EXPORTER_OTLP_ENDPOINT") else { return nil }
        self.init(endpoint: endpoint.absoluteString, headers: headers ?? [], ratio: ratio ?? 1)
    }

    private static func headers(_ text: String) -> [(name: String, value: String)]? {
        var headers: [(name: String, value: String)] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, let value = String(pair[1]).removingPercentEncoding else { return nil }
            headers.append((String(pair[0]), value))
        }
        return headers
    }
}
