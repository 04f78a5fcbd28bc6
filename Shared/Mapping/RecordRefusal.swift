/// Why one record could not be mapped: its id cannot be read. The others of its page are not concerned.
struct RecordRefusal: Error, Equatable {
    /// One sentence that names the field, without a person's data.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
