import Dispatch
import Foundation
import Logging
import ServiceLifecycle

/// Makes the program unready as soon as it is asked to stop. Starts last, so that it stops first.
struct StoppingNotice: Service {
    /// How much longer than it may the program takes to stop before it is ended all the same: a
    /// call into C hears no cancellation.
    private static let grace: Duration = .seconds(5)

    let context: ProgramContext

    func run() async throws {
        try? await gracefulShutdown()
        context.readiness.set("program", ready: false, reason: "stopping")
        let logger = context.logger
        let limit = (Program.patience + Self.grace) / .seconds(1)
        DispatchQueue.global().asyncAfter(deadline: .now() + limit) {
            logger.critical("did not stop in time, ending")
            exit(1)
        }
    }
}
