import Foundation

/// The description of the HTTP interface, committed as `openapi.json`.
enum OpenAPI {
    /// - Throws: When the program was built without it.
    static func load() throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Bundle.module.bundleURL.appending(path: "openapi.json")))
    }
}
