import Hummingbird

/// What a person typed into a page.
struct Form: Sendable {
    private let values: [String: String]

    init(_ request: Request) async throws {
        let body = try await request.body.collect(upTo: 1 << 16)
        values = (try? URLEncodedFormDecoder().decode([String: String].self, from: String(buffer: body))) ?? [:]
    }

    /// Empty where it is missing.
    subscript(name: String) -> String { values[name] ?? "" }
}
