import Logging
import ServiceLifecycle

/// Pushes each template a suite ticket whenever one is due (wecom.md §1.1).
struct TicketService: Service {
    private static let interval = Duration.milliseconds(200)

    let simulator: Simulator
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for template in simulator.providers.takeDue() {
                    let delivery = await simulator.pushTicket(to: template).delivery
                    guard !delivery.isAccepted else { continue }
                    logger.warning(
                        "suite ticket not accepted",
                        metadata: ["template": "\(template.id)", "status": "\(delivery.status ?? 0)"]
                    )
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }
}
