import Messages
import Runtime
import Sealing

/// Who may read the directory by HTTP: keys, each for one tenant or for all.
struct DirectoryReaders: Sendable {
    /// What a key lets its holder see.
    enum Access: Hashable, Sendable {
        case tenant(TenantID)
        case all

        /// What row-level security compares with (`DirectorySchema`).
        var setting: String {
            switch self {
            case .tenant(let tenant): tenant.description
            case .all: "*"
            }
        }
    }

    private static let shortestKey = 16
    private let access: [Secret: Access]

    /// - Parameter text: `DIRECTORY_API_KEYS`: `key` for all tenants or `key@tenant-id`, separated by commas.
    /// - Throws: ``ConfigurationError``.
    init(_ text: String) throws {
        var access: [Secret: Access] = [:]
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: "@", maxSplits: 1)
            guard let key = parts.first, key.utf8.count >= Self.shortestKey else {
                throw Self.refused("has a key of fewer than \(Self.shortestKey) characters")
            }
            guard parts.count == 2 else {
                access[Secret(String(key))] = .all
                continue
            }
            guard let tenant = TenantID(String(parts[1])) else { throw Self.refused("has a tenant that is not a UUID") }
            access[Secret(String(key))] = .tenant(tenant)
        }
        self.access = access
    }

    /// What the holder of `key` may see, if anything.
    func access(for key: Secret) -> Access? { access[key] }

    private static func refused(_ reason: String) -> ConfigurationError {
        ConfigurationError(
            variable: "DIRECTORY_API_KEYS",
            reason: reason,
            remedy: "give <key> or <key>@<tenant id>, separated by commas"
        )
    }
}
