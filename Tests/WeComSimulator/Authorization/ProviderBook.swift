import Synchronization

/// The providers, their templates and the suite tickets that were pushed.
final class ProviderBook: Sendable {
    private struct Entry {
        var template: Template
        var tickets: [(ticket: String, expiry: Double)] = []
        var nextPush: Double
    }

    private struct State {
        var providers: [String: Provider] = [:]
        var templates: [String: Entry] = [:]
    }

    private let state = Mutex(State())
    private let clock: SimulatorClock

    init(clock: SimulatorClock) { self.clock = clock }

    /// Adds both, or replaces those with their ids; tickets stay valid, and the next push is due at once.
    func register(_ provider: Provider, _ template: Template) {
        let now = clock.now
        state.withLock { state in
            state.providers[provider.corpID] = provider
            let tickets = state.templates[template.id]?.tickets ?? []
            state.templates[template.id] = Entry(template: template, tickets: tickets, nextPush: now)
        }
    }

    func provider(_ corpID: String) -> Provider? { state.withLock { $0.providers[corpID] } }

    func template(_ id: String) -> Template? { state.withLock { $0.templates[id]?.template } }

    var templates: [Template] { state.withLock { $0.templates.values.map(\.template).sorted { $0.id < $1.id } } }

    /// A fresh ticket of the template.
    func makeTicket(of id: String, lifetime: Int) -> String {
        let ticket = Identifier.random(64)
        let expiry = clock.now + Double(lifetime)
        state.withLock { $0.templates[id]?.tickets.append((ticket, expiry)) }
        return ticket
    }

    /// Whether the ticket was pushed and is still in its time; older ones stay good beside newer ones.
    func isValid(_ ticket: String, of id: String) -> Bool {
        let now = clock.now
        return state.withLock { state in
            state.templates[id]?.tickets.removeAll { $0.expiry <= now }
            return state.templates[id]?.tickets.contains { $0.ticket == ticket } ?? false
        }
    }

    /// The templates whose ticket is due; each is due again after its interval.
    func takeDue() -> [Template] {
        let now = clock.now
        return state.withLock { state in
            let due = state.templates.filter { $0.value.nextPush <= now }
            for (id, entry) in due { state.templates[id]?.nextPush = now + entry.template.ticketSeconds }
            return due.values.map(\.template)
        }
    }
}
