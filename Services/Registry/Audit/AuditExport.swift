import FoundationEssentials
import Hummingbird
import Messages
import NIOCore
import Runtime

/// The audit as a file, written while it is read: neither the whole of it nor a long transaction is held.
struct AuditExport: Sendable {
    enum Format: String, CaseIterable, Sendable {
        /// Comma-separated values (RFC 4180), safe to open in a spreadsheet.
        case csv
        /// An entry a line, in JSON.
        case jsonl

        var contentType: String {
            switch self {
            case .csv: "text/csv; charset=utf-8; header=present"
            case .jsonl: "application/jsonl; charset=utf-8"
            }
        }
    }

    let store: AuditStore
    let format: Format
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

    private static let header = CSV.line([
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

/// Comma-separated values (RFC 4180).
enum CSV {
    /// What makes a spreadsheet take a cell for a formula; the wide forms too.
    private static let formulaStarts: Set<Character> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "\r\n", "＝", "＋", "－", "＠",
    ]

    /// A line: each cell in quotes, and one that a spreadsheet would compute begun with an apostrophe.
    static func line(_ cells: [String]) -> String {
        cells.map { cell in
            let isFormula = cell.first.map(formulaStarts.contains) ?? false
            return "\"" + (isFormula ? "'" : "") + cell.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",") + "\r\n"
    }
}
