import AsyncHTTPClient
import Hummingbird
import ServiceLifecycle
import Web

/// A file that a service writes while it is handed on.
enum Download {
    enum Format: String, Sendable {
        case csv, jsonl

        /// As the address says; CSV where it does not.
        init(_ visit: Visit) { self = visit.query["format"].flatMap(Format.init) ?? .csv }

        fileprivate var contentType: String { self == .csv ? "text/csv; charset=utf-8" : "application/jsonl" }
    }

    static func response(_ file: HTTPClientResponse, _ format: Format, named name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: format.contentType,
                .contentDisposition: "attachment; filename=\"\(name).\(format.rawValue)\"", .cacheControl: "no-store",
                .xContentTypeOptions: "nosniff",
            ],
            body: ResponseBody { writer in
                for try await part in file.body.cancelOnGracefulShutdown() { try await writer.write(part) }
                try await writer.finish(nil)
            }
        )
    }
}
