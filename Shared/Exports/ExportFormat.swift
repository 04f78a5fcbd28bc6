/// The forms in which rows are handed out as files.
public enum ExportFormat: String, CaseIterable, Sendable {
    /// Comma-separated values (RFC 4180), safe to open in a spreadsheet.
    case csv
    /// A row a line, in JSON.
    case jsonl

    /// What the answer says that it is.
    public var contentType: String {
        switch self {
        case .csv: "text/csv; charset=utf-8; header=present"
        case .jsonl: "application/jsonl; charset=utf-8"
        }
    }
}
