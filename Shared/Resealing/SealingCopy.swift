import FoundationEssentials
public import Logging
import Postgres
import Sealing
public import ServiceLifecycle

/// Tells which keys this copy of the service has, as long as it runs.
public struct SealingCopy: Service {
    private let rotation: SealingRotation
    private let logger: Logger
    private let id = UUID()

    /// - Parameter rotation: The rotation that has to know.
    public init(_ rotation: SealingRotation, logger: Logger) {
        self.rotation = rotation
        self.logger = logger
    }

    /// Tells it until graceful shutdown, and then that it has ended.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await tell()
                try? await Task.sleep(for: .seconds(10))
            }
        }
        _ = try? await rotation.database.run("delete from \(rotation.copies) where copy = \(id)", within: .seconds(2))
    }

    private func tell() async {
        do {
            try await rotation.database.pipeline([
                """
                insert into \(rotation.copies) (copy, key_ids, seen_at) values (\(id), \(rotation.keys.keyIDs), now())
                on conflict (copy) do update set seen_at = now()
                """,
                "delete from \(rotation.copies) where seen_at < now() - interval '1 hour'",
            ])
        } catch  where !Task.isCancelled {
            logger.warning("telling this copy's sealing keys failed", metadata: ["error": "\(error)"])
        } catch {}
    }
}
