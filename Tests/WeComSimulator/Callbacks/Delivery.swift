/// What became of one callback.
struct Delivery: Sendable, Equatable {
    /// How often it was tried.
    var attempts: Int
    /// The HTTP status of the answer; nil where none came.
    var status: Int?
    var body: String
    /// Why no answer came; empty where one did.
    var failure: String

    var json: JSON {
        [
            "attempts": .integer(attempts), "status": status.map { .integer($0) } ?? .null, "body": .string(body),
            "failure": .string(failure),
        ]
    }

    /// Whether the provider answered as it must: `success` and nothing else (wecom.md §2.4).
    var isAccepted: Bool { status == 200 && body == "success" }
}
