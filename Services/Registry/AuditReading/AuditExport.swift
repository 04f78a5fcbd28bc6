import Exports
import FoundationEssentials
import Hummingbird
import Messages
import NIOCore
import Runtime

/// The audit as a file, written while it is read: neither the whole of it nor a long transaction is held.
struct AuditExport: Sendable {
    let store: AuditStore
    let format: ExportFormat
    let filter: AuditFilter
    let caller: Caller

    private static let batch = 500

    /// The file. The first entries are read before the answer begins, so that an error can still be told.
    func response() async throws -> Response {
        let first = try await batch(after: nil)
        let headers: HTTPFields = [
            .contentType: format.contentType, .cacheControl: "no-store",
            .contentDisposition: "attachment; filename=\"audit.\(format.rawValue)\"",
        ]
        let body = ResponseBody { writer in
            if format == .csv { try await writer.write(ByteBuffer(string: Self.header)) }
            var items = first
            while let last = items.last {
                try await writer.write(ByteBuffer(string: try items.map(line).joined()))
                items = items.count < Self.batch ? [] : try await batch(after: last.id)
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func batch(after last: Int64?) async throws -> [AuditItem] {
        try await store.entries(filter, after: last, upTo: Self.batch, for: caller)
    }

    private static let header = CSV.header([
        "id", "at", "tenantID", "actorKind", "actorID", "actorName", "action", "objectKind", "objectID", "details",
    ])

    private func line(_ item: AuditItem) throws -> String {
        switch format {
        case .jsonl: try JSON(of: item).text + "\n"
        case .csv:
            CSV.line([
                String(item.id), item.at.description, item.tenantID?.description ?? "", item.actor.kind.rawValue,
                item.actor.id?.uuidString.lowercased() ?? "", item.actor.name, item.action, item.object.kind,
                item.object.id, try item.details.text,
            ])
        }
    }
}
