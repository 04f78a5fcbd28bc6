import Exports
import Hummingbird
import Messages
import NIOCore
import Runtime

/// What a run did, as a file that is written while it is read: neither the whole of it nor a long transaction is held.
struct RunObjectsExport: Sendable {
    let directory: DirectoryReading
    let run: RunID
    let format: ExportFormat
    let filter: RunObjectFilter
    let access: DirectoryReaders.Access

    private static let batch = 500

    /// The file. The first objects are read before the answer begins, so that an error can still be told; nil where the
    /// run is not known.
    func response() async throws -> Response? {
        guard let first = try await batch(after: filter.after) else { return nil }
        let headers: HTTPFields = [
            .contentType: format.contentType, .cacheControl: "no-store",
            .contentDisposition: "attachment; filename=\"run-\(run).\(format.rawValue)\"",
        ]
        let body = ResponseBody { writer in
            if format == .csv { try await writer.write(ByteBuffer(string: Self.header)) }
            var page: DirectoryReading.Page<DirectoryRunObject>? = first
            while let objects = page {
                try await writer.write(ByteBuffer(string: try objects.items.map(line).joined()))
                let next = objects.nextCursor.flatMap { RunObjectFilter.object($0) }
                page = if let next { try await batch(after: next) } else { nil }
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: headers, body: body)
    }

    private func batch(after last: DirectoryObject?) async throws -> DirectoryReading.Page<DirectoryRunObject>? {
        var filter = filter
        filter.after = last
        return try await directory.objects(of: run, filter, limit: Self.batch, as: access)
    }

    private static let header = CSV.header([
        "kind", "externalID", "name", "userID", "change", "reason", "hold", "before", "after",
    ])

    private func line(_ object: DirectoryRunObject) throws -> String {
        switch format {
        case .jsonl: try JSON(of: object).text + "\n"
        case .csv:
            CSV.line([
                object.kind, object.externalID, object.name ?? "", object.userID?.description ?? "", object.change,
                object.reason ?? "", object.hold ?? "", try Self.text(object.before), try Self.text(object.after),
            ])
        }
    }

    private static func text(_ values: ObjectValues?) throws -> String {
        try values.map { try JSON(of: $0).text } ?? ""
    }
}
