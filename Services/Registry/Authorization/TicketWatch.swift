import Messages
import Metrics
import Runtime
import ServiceLifecycle
import WeCom

/// Watches the age of the template's suite ticket, without which nobody can authorize and nothing that was granted can be
/// looked after. Runs are not concerned, so that the registry stays ready.
struct TicketWatch: Service {
    let tickets: SuiteTickets
    let template: SuiteID
    let readiness: Readiness
    /// From one look to the next.
    var period: Duration = .seconds(30)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await look()
                try? await Task.sleep(for: period)
            }
        }
    }

    /// Tells of the age as a metric, and of one that is too great beside the readiness.
    func look() async throws {
        let pushedAt = try await tickets.pushedAt(template)
        let age = pushedAt.map { Double(Timestamp.now.millisecondsSince1970 - $0.millisecondsSince1970) / 1_000 }
        if let age {
            Gauge(label: "registry.suite.ticket.age.seconds", dimensions: [("suite", template.rawValue)]).record(age)
        }
        let isGood = age.map { $0 < SuiteTickets.lifetime / .seconds(1) } ?? false
        readiness.remark("suite ticket", isGood ? nil : Self.warning)
    }

    private static let warning = """
        WeCom has not pushed a suite ticket in the last 30 minutes: nobody can authorize. See that WeCom reaches the \
        command callback URL, and push the ticket again in the provider console.
        """
}
