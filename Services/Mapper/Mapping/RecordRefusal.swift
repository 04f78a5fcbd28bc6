import JSONCoding

/// Why one record could not be mapped; the others of its page are not concerned.
struct RecordRefusal: Error, Equatable {
    /// One sentence that names the field, without a person's data.
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// The longest value that the directory takes, in bytes of UTF-8: PostgreSQL indexes no longer ones.
    static let longestValue = 2_048

    /// Checks that the directory can keep `text`.
    static func check(_ text: String?, _ field: @autoclosure () -> String) throws(RecordRefusal) {
        guard let text else { return }
        guard text.utf8.count <= longestValue else {
            throw RecordRefusal("the field \(field()) is longer than \(longestValue) bytes")
        }
        let bytes = text.utf8
        guard !ByteScan.holdsZero(bytes.span) else { throw RecordRefusal("the field \(field()) holds a NUL character") }
    }
}
