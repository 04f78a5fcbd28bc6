/// Why one record could not be mapped; the others of its page are not concerned.
struct RecordRefusal: Error, Equatable {
    /// One sentence that names the field, without a person's data.
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// The longest value that the directory takes, in bytes of UTF-8: PostgreSQL indexes no longer ones.
    static let longestValue = 2_048

    private static func holdsNUL(_ text: String) -> Bool {
        let bytes = text.utf8
        let span = bytes.span
        for index in 0..<span.count where span[index] == 0 { return true }
        return false
    }

    /// Checks that the directory can keep `text`.
    static func check(_ text: String?, _ field: @autoclosure () -> String) throws(RecordRefusal) {
        guard let text else { return }
        guard text.utf8.count <= longestValue else {
            throw RecordRefusal("the field \(field()) is longer than \(longestValue) bytes")
        }
        guard !holdsNUL(text) else { throw RecordRefusal("the field \(field()) holds a NUL character") }
    }
}
