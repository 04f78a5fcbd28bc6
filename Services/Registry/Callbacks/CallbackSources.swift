import HTTPTypes
import Hummingbird
import Messages
import Postgres
import Runtime
import Synchronization

/// Whether callbacks have to come from WeCom's own addresses, and how theirs is known.
enum CallbackSourceCheck: String, CaseIterable, Sendable {
    /// From anywhere: the signature alone proves them.
    case off
    /// By the address that connects.
    case connection
    /// By the last address in `X-Forwarded-For`, which the installation's own proxy writes.
    case forwarded
}

/// Lets callbacks in from WeCom's own addresses alone, where that is switched on.
///
/// The list is WeCom's (`getcallbackip`), read daily and kept in the database. Until it was read once, callbacks are let in
/// from anywhere: without the first suite ticket nobody could be connected, and so it could never be read. Once it is
/// known it holds until a newer one is read.
struct CallbackSources: Sendable {
    let database: Database
    let check: CallbackSourceCheck
    private let cache = Cache()

    init(database: Database, check: CallbackSourceCheck) {
        self.database = database
        self.check = check
    }

    /// The list as it was read last, by each registry anew after a minute.
    private final class Cache: Sendable {
        struct Kept {
            var blocks: Set<AddressBlock>
            var at: ContinuousClock.Instant
        }

        let kept = Mutex<Kept?>(nil)
    }

    private static let freshness: Duration = .seconds(60)

    /// Throws ``Problem`` 403 for a request from elsewhere.
    func admit(_ request: Request, _ context: RegistryContext) async throws {
        guard check != .off else { return }
        let blocks = try await blocks()
        guard !blocks.isEmpty else { return }
        guard let address = address(of: request, context), blocks.contains(where: { $0.contains(address) }) else {
            throw Problem.foreignAddress(address(of: request, context))
        }
    }

    private func address(of request: Request, _ context: RegistryContext) -> String? {
        switch check {
        case .off: nil
        case .connection: context.remoteAddress
        case .forwarded:
            HTTPField.Name("X-Forwarded-For").flatMap { request.headers[values: $0].last }
                .flatMap { $0.split(separator: ",").last }
                .map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
        }
    }

    private func blocks() async throws -> Set<AddressBlock> {
        if let kept = cache.kept.withLock({ $0 }), .now - kept.at < Self.freshness { return kept.blocks }
        let rows = try await database.run("select address from registry.callback_addresses")
        let blocks = Set(try rows.decode(String.self).map(AddressBlock.init))
        cache.kept.withLock { $0 = Cache.Kept(blocks: blocks, at: .now) }
        return blocks
    }
}

extension Problem {
    /// 403: a callback from an address that is not one of WeCom's.
    static func foreignAddress(_ address: String?) -> Problem {
        Problem(
            .forbidden,
            "callback-foreign-address",
            title: "Not from WeCom's addresses",
            detail: """
                Callbacks are let in from WeCom's own addresses alone, and \(address ?? "the sender's, which is not known,") \
                is none of them.
                """,
            fix: """
                Where a proxy stands before the registry, set WECOM_CALLBACK_SOURCE_CHECK to "forwarded" and let the proxy \
                write X-Forwarded-For; "off" lets callbacks in from anywhere.
                """
        )
    }
}
